"""What a customer's server does, with nothing but the client that was generated from the served OpenAPI document.

Arguments: the URL of the API, and a server key. Ends with exit code 0 when all of it went as documented.
"""

import sys

from generated.api.messages import create_message, get_message, list_messages
from generated.api.rooms import get_room, list_rooms, patch_room, put_room
from generated.api.sessions import create_token
from generated.client import AuthenticatedClient
from generated.models import (
    ErrorResponse,
    Message,
    MessagePost,
    RoomLifecycle,
    RoomPatch,
    RoomPut,
    RoomType,
    TokenRequest,
    WantedMember,
)

url, api_key = sys.argv[1:]


def caller(**headers: str) -> AuthenticatedClient:
    return AuthenticatedClient(
        base_url=url, token=api_key, prefix="", auth_header_name="x-api-key", headers=headers
    )


server = caller()
rider = caller(**{"x-user-id": "rider"})

issued = create_token.sync(client=server, body=TokenRequest(user_id="rider", display_name="Rider"))
user = AuthenticatedClient(base_url=url, token=issued.token)

members = [WantedMember(user_id="rider"), WantedMember(user_id="driver")]
wanted = RoomPut(type_=RoomType.DIRECT, members=members, name="Trip 1")
made = put_room.sync_detailed("trip_1", client=server, body=wanted)
assert made.status_code == 201, made
assert put_room.sync_detailed("trip_1", client=server, body=wanted).status_code == 200

post = MessagePost(client_id="c_1", body="Where are you? 🚕")
sent = create_message.sync_detailed("trip_1", client=rider, body=post)
assert sent.status_code == 201 and isinstance(sent.parsed, Message), sent
again = create_message.sync_detailed("trip_1", client=user, body=post)
assert again.status_code == 200 and again.parsed == sent.parsed, again
assert get_message.sync("trip_1", sent.parsed.id, client=user) == sent.parsed
assert [item.body for item in list_messages.sync("trip_1", client=user).items] == [post.body]
assert [room.room_id for room in list_rooms.sync(client=user).items] == ["trip_1"]

closed = patch_room.sync_detailed("trip_1", client=server, body=RoomPatch(state=RoomLifecycle.CLOSED))
assert closed.status_code == 200 and closed.parsed.state == "closed", closed
late = create_message.sync_detailed("trip_1", client=user, body=MessagePost(client_id="c_2", body="Late"))
assert late.status_code == 409 and isinstance(late.parsed, ErrorResponse), late
missing = get_room.sync("trip_2", client=server)
assert isinstance(missing, ErrorResponse) and missing.error.code == "room_not_found", missing
