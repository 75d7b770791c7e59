"""views.*: the front's own, since emulate never learns that a person closed or submitted a modal."""

from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.checks import checked_view
from tests.peers.slack.errors import SlackError
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Workspace

View = dict[str, Any]
SHOWN = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None, "close": None}


def make_view(slack: Slack, workspace: Workspace, user: str, given: View, parent: View | None) -> View:
    """Open a checked view for a person, on top of another or as the first."""
    view_id = slack.id("V")
    view: View = {
        **SHOWN,
        "clear_on_close": False,
        "notify_on_close": False,
        **given,
        "id": view_id,
        "team_id": workspace.id,
        "app_id": slack.app.id,
        "app_installed_team_id": workspace.id,
        "bot_id": workspace.bot_id,
        "hash": slack.id("hash-"),
        "state": {"values": {}},
        "root_view_id": parent["root_view_id"] if parent else view_id,
        "previous_view_id": parent["id"] if parent else None,
        "user": user,
    }
    check_external_id(workspace, view)
    workspace.views[view_id] = view
    slack.changed()
    return view


def push_view(slack: Slack, workspace: Workspace, user: str, given: View, parent: View) -> View:
    """Open a checked modal on top of another.

    Raises:
        SlackError: push_limit_reached.
    """
    stack = workspace.stacks.setdefault(user, [])
    if len(stack) >= limits.MODALS:
        raise SlackError("push_limit_reached")
    view = make_view(slack, workspace, user, given, parent)
    stack.append(view["id"])
    return view


def change_view(slack: Slack, workspace: Workspace, view: View, given: View) -> View:
    """Show something else in a view that is open; what was typed into inputs that stay is kept by people's clients."""
    # the new view takes the place of the old whole
    view |= {**SHOWN, "clear_on_close": False, "notify_on_close": False, **given, "hash": slack.id("hash-")}
    check_external_id(workspace, view)
    slack.changed()
    return view


def check_external_id(workspace: Workspace, view: View) -> None:
    """See that no other view has this view's external id."""
    others = (other for other in workspace.views.values() if other["id"] != view["id"])
    if view["external_id"] and any(other["external_id"] == view["external_id"] for other in others):
        raise SlackError("duplicate_external_id")


def told(view: View) -> View:
    """A view as Slack gives it to the app; whose it is, Slack says elsewhere."""
    return {name: value for name, value in view.items() if name != "user"}


@method("views.open")
async def open_(asked: Asked) -> dict[str, Any]:
    given = checked_view(asked.call.decoded("view"), "modal")
    trigger = asked.slack.exchanged(asked.call.text("trigger_id"))
    view = make_view(asked.slack, asked.workspace, trigger.user, given, None)
    asked.workspace.stacks[trigger.user] = [view["id"]]
    asked.slack.changed()
    return {"view": told(view)}


@method("views.push")
async def push(asked: Asked) -> dict[str, Any]:
    given = checked_view(asked.call.decoded("view"), "modal")
    trigger = asked.slack.exchanged(asked.call.text("trigger_id"))
    parent = asked.workspace.views.get(trigger.view or "")
    if parent is None:
        raise SlackError("not_found")
    view = push_view(asked.slack, asked.workspace, trigger.user, given, parent)
    return {"view": told(view)}


@method("views.update")
async def update(asked: Asked) -> dict[str, Any]:
    given = checked_view(asked.call.decoded("view"), "modal")
    view_id, external_id = asked.call.text("view_id"), asked.call.text("external_id")
    for view in asked.workspace.views.values():
        if view["id"] == view_id or (external_id and view["external_id"] == external_id):
            _check_hash(asked, view)
            return {"view": told(change_view(asked.slack, asked.workspace, view, given))}
    raise SlackError("not_found")


@method("views.publish")
async def publish(asked: Asked) -> dict[str, Any]:
    workspace = asked.workspace
    given = checked_view(asked.call.decoded("view"), "home")
    user = workspace.user(asked.call.text("user_id"))
    known = workspace.views.get(workspace.homes.get(user.id, ""))
    if known is None:
        view = make_view(asked.slack, workspace, user.id, given, None)
        workspace.homes[user.id] = view["id"]
        asked.slack.changed()
    else:
        _check_hash(asked, known)
        view = change_view(asked.slack, workspace, known, given)
    return {"view": told(view)}


def _check_hash(asked: Asked, view: View) -> None:
    if asked.call.get("hash") and asked.call.get("hash") != view["hash"]:
        raise SlackError("hash_conflict")
