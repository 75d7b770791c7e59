"""The web door's tokens."""

import asyncio

import pytest

from agent_core.sign_ins import SignIn
from storage.sign_in_store import SqlSignInStore
from tests.storage.journals import NOON, after


@pytest.fixture
def sign_ins(database):
    return SqlSignInStore(database)


async def test_a_one_time_token_signs_its_person_in_once(sign_ins):
    token = await sign_ins.mint_once("alice", now=NOON, expires_at=after(60))
    assert await sign_ins.redeem(token, after(1)) == SignIn("alice", 0)
    assert await sign_ins.redeem(token, after(2)) is None


async def test_of_many_who_redeem_a_token_at_once_one_is_signed_in(sign_ins):
    token = await sign_ins.mint_once("alice", now=NOON, expires_at=after(60))
    names = await asyncio.gather(*[sign_ins.redeem(token, after(1)) for _ in range(20)])
    assert list(filter(None, names)) == [SignIn("alice", 0)]


async def test_a_token_is_worth_nothing_when_it_has_expired(sign_ins):
    once = await sign_ins.mint_once("alice", now=NOON, expires_at=after(60))
    lasting = await sign_ins.mint_api("alice", now=NOON, expires_at=after(60))
    assert await sign_ins.api_name(lasting, after(59)) == "alice"
    assert await sign_ins.redeem(once, after(60)) is None
    assert await sign_ins.api_name(lasting, after(60)) is None


async def test_a_lasting_token_speaks_for_its_person_until_it_is_revoked(sign_ins):
    token = await sign_ins.mint_api("alice", now=NOON)
    for second in range(3):
        assert await sign_ins.api_name(token, after(second)) == "alice"
    assert await sign_ins.revoke("alice", after(4)) == 1
    assert await sign_ins.api_name(token, after(5)) is None
    assert await sign_ins.revoke("alice", after(6)) == 0


async def test_revoking_takes_a_persons_tokens_and_nobody_elses(sign_ins):
    hers = [
        await sign_ins.mint_once("alice", now=NOON, expires_at=after(60)),
        await sign_ins.mint_api("alice", now=NOON),
    ]
    his = await sign_ins.mint_api("bob", now=NOON)
    assert await sign_ins.revoke("alice", after(1)) == 2
    assert await sign_ins.redeem(hers[0], after(2)) is None
    assert await sign_ins.api_name(hers[1], after(2)) is None
    assert await sign_ins.api_name(his, after(2)) == "bob"


async def test_revoking_and_signing_out_leave_earlier_sign_ins_behind(sign_ins):
    assert await sign_ins.generation("alice") == 0
    await sign_ins.sign_out("alice")
    await sign_ins.revoke("alice", after(1))
    assert await sign_ins.generation("alice") == 2
    assert await sign_ins.generation("bob") == 0
    token = await sign_ins.mint_once("alice", now=NOON, expires_at=after(60))
    assert await sign_ins.redeem(token, after(1)) == SignIn("alice", 2)


async def test_signing_out_leaves_tokens_alone(sign_ins):
    token = await sign_ins.mint_api("alice", now=NOON)
    await sign_ins.sign_out("alice")
    assert await sign_ins.api_name(token, after(1)) == "alice"


async def test_neither_kind_of_token_passes_for_the_other(sign_ins):
    once = await sign_ins.mint_once("alice", now=NOON, expires_at=after(60))
    lasting = await sign_ins.mint_api("alice", now=NOON)
    assert await sign_ins.api_name(once, after(1)) is None
    assert await sign_ins.redeem(lasting, after(1)) is None


@pytest.mark.parametrize("token", ["", "guess", "\ud83d", "x" * 10_000])
async def test_what_is_no_token_is_nobodys(sign_ins, token):
    assert await sign_ins.redeem(token, NOON) is None
    assert await sign_ins.api_name(token, NOON) is None


async def test_the_database_holds_no_token(sign_ins, database):
    tokens = [
        await sign_ins.mint_once("alice", now=NOON, expires_at=after(60)),
        await sign_ins.mint_api("bob", now=NOON),
    ]
    rows = repr(await database.read("SELECT * FROM sign_ins"))
    assert not [token for token in tokens if token in rows]
    assert len(set(tokens)) == 2


async def test_expired_tokens_do_not_pile_up(sign_ins, database):
    for n in range(5):
        await sign_ins.mint_once("alice", now=after(n), expires_at=after(n + 1))
    assert await database.read("SELECT COUNT(*) FROM sign_ins") == [(1,)]
