<?php
function wp_mail()
{
    return true;
}
