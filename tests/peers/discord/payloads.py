"""The JSON of Discord's objects."""

from operator import attrgetter
from typing import Any

from tests.peers.discord.clock import iso
from tests.peers.discord.filenames import plain_name
from tests.peers.discord.messages import ATTACHED, Attachment, Message, referenced_files
from tests.peers.discord.model import App, Channel, ChannelType, Guild, Member, Overwrite, Role, Thread, User

Json = dict[str, Any]
by_id = attrgetter("id")


def user_json(user: User) -> Json:
    plain = {"avatar": None, "discriminator": "0", "public_flags": 0, "global_name": None, "bot": user.bot}
    return {"id": str(user.id), "username": user.name, **plain}


def role_json(role: Role) -> Json:
    plain = {
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
    }
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "mentionable": role.mentionable,
        "managed": role.managed,
        "flags": 0,
        **plain,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    found = {
        "roles": [str(role.id) for role in member.roles],
        "nick": member.nick,
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "avatar": None,
        "communication_disabled_until": None,
    }
    return {"user": user_json(member.user), **found} if with_user else found


def overwrite_json(overwrite: Overwrite) -> Json:
    kind = 0 if isinstance(overwrite.target, Role) else 1
    allowed, denied = str(int(overwrite.allow)), str(int(overwrite.deny))
    return {"id": str(overwrite.target.id), "type": kind, "allow": allowed, "deny": denied}


def channel_json(channel: Channel, viewer: User) -> Json:
    last = None if channel.last_message_id is None else str(channel.last_message_id)
    base = {"id": str(channel.id), "type": int(channel.type), "last_message_id": last, "flags": 0}
    if channel.person is not None:
        return {**base, "recipients": [user_json(channel.person)]}
    base |= {"guild_id": str(channel.in_guild.id), "name": channel.name, "rate_limit_per_user": 0, "nsfw": False}
    if isinstance(channel, Thread):
        return {**base, **_thread_fields(channel, viewer)}
    base |= {
        "position": 0,
        "parent_id": None,
        "topic": channel.topic,
        "permission_overwrites": [overwrite_json(each) for each in channel.overwrites.values()],
    }
    if channel.type is ChannelType.FORUM:
        base["flags"] = channel.requires_tag << 4
        base["available_tags"] = [
            {"id": str(tag), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for tag, name in channel.tags.items()
        ]
        base |= {"default_reaction_emoji": None, "default_sort_order": None, "default_forum_layout": 0}
    return base


def _thread_fields(thread: Thread, viewer: User) -> Json:
    found = {
        "parent_id": str(thread.parent.id),
        "owner_id": str(thread.starter.id),
        "member_count": min(len(thread.joined), 50),
        "message_count": len(thread.messages),
        "total_message_sent": thread.sent,
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": iso(thread.archived_at),
            "auto_archive_duration": thread.auto_archive,
            "locked": thread.locked,
            "create_timestamp": iso(thread.created_at),
        },
    }
    if thread.type is ChannelType.PRIVATE_THREAD:
        found["thread_metadata"]["invitable"] = True
    if viewer.id in thread.joined:
        found["member"] = thread_member_json(thread, viewer.id)
    return found


def thread_member_json(thread: Thread, user_id: int) -> Json:
    joined = iso(thread.joined[user_id])
    return {"id": str(thread.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


def guild_json(guild: Guild) -> Json:
    plain = {
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "emojis": [],
        "stickers": [],
        "features": [],
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "vanity_url_code": None,
    }
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "premium_tier": guild.boost_tier,
        "roles": [role_json(role) for role in guild.roles.values()],
        **plain,
    }


def guild_create_json(guild: Guild, viewer: User) -> Json:
    """A guild as GUILD_CREATE tells it: only the bot of its members; the others are asked for in chunks."""
    member = guild.member(viewer)
    return {
        **guild_json(guild),
        "joined_at": iso(member.joined_at if member else guild.created_at),
        "large": len(guild.members) >= 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(member)] if member else [],
        "channels": [channel_json(each, viewer) for each in guild.channels.values()],
        "threads": [
            channel_json(each, viewer)
            for each in guild.threads.values()
            if not each.archived and each.visible_to(viewer)
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_json(attachment: Attachment) -> Json:
    found = {
        "id": str(attachment.id),
        "filename": attachment.file.name,
        "size": len(attachment.file.content),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.file.type,
    }
    if attachment.file.title is not None:
        found["title"] = attachment.file.title
    if attachment.description is not None:
        found["description"] = attachment.description
    return {**found, "ephemeral": True} if attachment.ephemeral else found


def message_json(message: Message, app: App, *, content: bool = True) -> Json:
    """A message as the bot sees it; without `content`, what people wrote is withheld."""
    shown = content or readable(message, app)
    referenced = set(map(plain_name, referenced_files([message.components, message.embeds])))
    # what components or embeds show is not told again (docs, Message Object, attachments)
    loose = [each for each in message.attachments if each.file.name not in referenced]
    found = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": message.type,
        "author": user_json(message.author),
        "content": message.content if shown else "",
        "embeds": _resolved(message.embeds, message) if shown else [],
        "components": _resolved(message.components, message) if shown else [],
        "attachments": [attachment_json(each) for each in loose] if shown else [],
        "timestamp": iso(message.at),
        "edited_timestamp": iso(message.edited_at),
        "tts": False,
        "pinned": False,
        "flags": int(message.flags),
        "mention_everyone": message.mentions.everyone,
        "mentions": [user_json(user) for user in sorted(message.mentions.users, key=by_id)],
        "mention_roles": [str(role.id) for role in message.mentions.roles],
        **_reactions(message, app),
    }
    if message.nonce is not None:
        found["nonce"] = message.nonce
    if message.thread is not None:
        found["thread"] = channel_json(message.thread, app.bot)
    if message.author.bot:
        found["application_id"] = str(app.id)
    return {**found, **_reference(message, app, content=content), **_metadata(message)}


def readable(message: Message, app: App) -> bool:
    """Whether an app without the message content intent may read it (docs, Message Content Intent)."""
    return message.channel.guild is None or message.author is app.bot or app.bot in message.mentions.users


def _reactions(message: Message, app: App) -> Json:
    if not message.reactions:
        return {}
    return {
        "reactions": [
            {
                "emoji": {"id": None, "name": emoji},
                "count": len(users),
                "count_details": {"burst": bursts, "normal": len(users) - bursts},
                "me": app.bot in users,
                "me_burst": False,
                "burst_colors": [],
            }
            for emoji, users in message.reactions.items()
            for bursts in [sum((emoji, user.id) in message.bursts for user in users)]
        ]
    }


def _reference(message: Message, app: App, *, content: bool) -> Json:
    target = message.reply_to
    if target is None:
        return {}
    place = {"type": 0, "channel_id": str(target.channel.id), "message_id": str(target.id)}
    if target.channel.guild is not None:
        place["guild_id"] = str(target.channel.guild.id)
    referenced = None
    if not target.deleted:
        referenced = message_json(target, app, content=content)
        referenced.pop("referenced_message", None)  # one level deep only
    return {"message_reference": place, "referenced_message": referenced}


def _metadata(message: Message) -> Json:
    interaction = message.interaction
    if interaction is None:
        return {}
    found: Json = {"id": str(interaction.id), "type": interaction.type, "user": user_json(interaction.person)}
    found["authorizing_integration_owners"] = {}
    if interaction.type == 2:
        found["name"] = interaction.command
    if interaction.message is not None:
        found["interacted_message_id"] = str(interaction.message.id)
    return {"interaction_metadata": found}


def _resolved(value: Any, message: Message) -> Any:
    """Components with their attachments' addresses in place of `attachment://` ones."""
    if isinstance(value, list):
        return [_resolved(each, message) for each in value]
    if not isinstance(value, dict):
        return value
    url = value.get("url")
    if isinstance(url, str) and url.startswith(ATTACHED):
        attachment = message.attachment(plain_name(url.removeprefix(ATTACHED)))
        media = {"url": attachment.url, "proxy_url": attachment.url, "attachment_id": str(attachment.id)}
        return {**value, **media, "content_type": attachment.file.type, "loading_state": 2, "flags": 0}
    found = {key: _resolved(each, message) for key, each in value.items()}
    if found.get("type") == 13:
        shown = message.attachment(plain_name(value["file"]["url"].removeprefix(ATTACHED)))
        found |= {"name": shown.file.name, "size": len(shown.file.content)}
    return found
