"""The doors: each turns what people do into calls of the Service, and Cards into what people see."""
