"""What schemathesis cannot know: which tokens there are, and which tickets.

Generated values stay as they are wherever they are meant to be wrong; a well-formed id that was made up is, most of
the time, exchanged for one that is there, so that calls come past the first "unknown ticket".
"""

import itertools
import os
import random
import re
import threading

import requests
import schemathesis

URL = os.environ["TIERLINE_URL"]
DESK = os.environ["TIERLINE_DESK"]
OPERATOR = os.environ["TIERLINE_OPERATOR_TOKEN"]
# Somebody of each line.
PEOPLE = {
    "care": os.environ["TIERLINE_CARE_TOKEN"],
    "consultants": os.environ["TIERLINE_CONSULTANT_TOKEN"],
    "admins": os.environ["TIERLINE_ADMIN_TOKEN"],
}
STAFF_OPERATOR = os.environ["TIERLINE_STAFF_OPERATOR_TOKEN"]
# A canned answer of the demo desk.
ANSWER = "email-client-settings"
QUESTIONS = [
    "My website is down with error 503 service unavailable",
    "How do I set up my e-mail in Outlook?",
    "Mi web está caída, muestra error 503 y no carga",
]
# Tickets remembered at once, and how many calls each serves on average before a fresh one is asked for.
TICKETS_MAX = 40
CALLS_PER_TICKET = 4
TICKET_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
KEY_CHARS_MAX = 255
# Calls that only the operator among the people may make.
OPERATORS_ONLY = {
    "publishDesk",
    "addPerson",
    "changePerson",
    "removePerson",
    "giveToken",
    "takeToken",
    "writeCustomer",
    "eraseCustomer",
    "exportCustomerData",
    "eraseCustomerData",
}
# Calls that only the holder of a ticket may make.
HOLDER_ONLY = {"replyTicket", "handOverTicket", "escalateTicket", "releaseTicket"}

lock = threading.Lock()
chance = random.Random(7)
numbers = itertools.count(1)
keys = {}
holders = {}
# People who were added through the API: nobody whose token is used here is ever changed.
added = []


def is_slug(value):
    return isinstance(value, str) and SLUG.fullmatch(value) is not None


def operation_id(operation):
    return operation.definition.raw.get("operationId", "")


def remember(ticket, key):
    with lock:
        keys[ticket] = key
        while len(keys) > TICKETS_MAX:
            gone = next(iter(keys))
            del keys[gone]
            holders.pop(gone, None)


def ask():
    body = {"body": chance.choice(QUESTIONS), "customer": {"name": "Ada"}}
    answer = requests.post(f"{URL}/v1/desks/{DESK}/requests", json=body, timeout=30)
    if answer.status_code != 201:
        raise RuntimeError(f"the desk does not take requests: {answer.status_code} {answer.text}")
    created = answer.json()
    remember(created["ticket"]["id"], created["customer_key"])
    return created["ticket"]


def take(ticket):
    """Claims the ticket for somebody of its line, if it is in one that we have people for."""
    token = PEOPLE.get(ticket["line"])
    if token is None:
        return
    url = f"{URL}/v1/tickets/{ticket['id']}/claim"
    answer = requests.put(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    if answer.status_code == 200:
        with lock:
            holders[ticket["id"]] = token


def some_ticket(operation):
    with lock:
        known = list(keys)
    held_only = operation in HOLDER_ONLY
    if not known or chance.randrange(CALLS_PER_TICKET) == 0:
        ticket = ask()
        if held_only:
            take(ticket)
        return ticket["id"]
    if held_only:
        with lock:
            known = list(holders) or known
    return chance.choice(known)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters:
        return path_parameters
    wanted = dict(path_parameters)
    for name, value in path_parameters.items():
        if not isinstance(value, str) or chance.randrange(8) == 0:
            continue
        if name == "ticket" and TICKET_ID.fullmatch(value):
            wanted[name] = some_ticket(operation_id(context.operation))
        elif name == "person" and SLUG.fullmatch(value) and added:
            wanted[name] = chance.choice(added)
        elif name == "desk" and SLUG.fullmatch(value):
            wanted[name] = DESK
        elif name == "line" and SLUG.fullmatch(value):
            wanted[name] = chance.choice(list(PEOPLE))
    return wanted


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that came before with another body is refused, rightly: so a good key gets a number that is new. And nobody
    waits for a stream of events to end of itself.
    """
    if operation_id(case.operation) == "watchTicket":
        wanted = str((case.query or {}).get("for_s", 60))
        if wanted.isdigit() and 1 <= int(wanted) <= 60:
            case.query = {**(case.query or {}), "for_s": 1}
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str):
        case.headers["Idempotency-Key"] = renewed(key.strip(" \t"))


def renewed(key):
    """The key with a new number at its end, inside the quotes if it has any; what is wrong with it stays so."""
    quote = '"' if len(key) > 2 and key[0] == key[-1] == '"' else ""
    inner = key[1:-1] if quote else key
    if not 0 < len(inner) <= KEY_CHARS_MAX or (key[0] == '"' and not quote):
        return key
    number = f"-{next(numbers)}"
    # A cut may not leave half of what is escaped.
    kept = inner if len(inner) + len(number) <= KEY_CHARS_MAX else inner[: KEY_CHARS_MAX - len(number)].rstrip("\\")
    return f"{quote}{kept}{number}{quote}"


@schemathesis.hook
def map_body(context, body):
    """Most hand-overs go to lines that are there, replies to answers that are."""
    operation = operation_id(context.operation)
    if not isinstance(body, dict):
        return body
    if operation == "handOverTicket" and is_slug(body.get("to")):
        return {**body, "to": chance.choice([*PEOPLE, body["to"]])}
    if operation in ("addPerson", "changePerson") and isinstance(body.get("lines"), list):
        return {**body, "lines": [chance.choice(list(PEOPLE)) if is_slug(line) else line for line in body["lines"]]}
    if operation == "replyTicket" and is_slug(body.get("answer_id")):
        return {**body, "answer_id": ANSWER}
    return body


@schemathesis.hook
def filter_case(context, case):
    """A part of a form is bytes, whatever else was meant: as a file, an object or a number is text like any other."""
    body = case.body
    if case.media_type != "multipart/form-data" or not isinstance(body, dict) or "files" not in body:
        return True
    files = body["files"]
    return isinstance(files, list) and all(isinstance(file, (bytes, str)) for file in files)


@schemathesis.hook
def after_call(context, case, response):
    """Remembers what there is from now on."""
    if response.status_code != 201:
        return
    operation, made = operation_id(case.operation), response.json()
    if operation == "createRequest":
        remember(made["ticket"]["id"], made["customer_key"])
    elif operation == "renewKey":
        remember(made["ticket"]["id"], made["customer_link"].rpartition("key=")[2])
    elif operation == "addPerson":
        added.append(made["person"]["id"])


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """Each call gets a token that may make it: a ticket's key, a person's, the operator's."""

    def get(self, case, context):
        schemes = [name for scheme in context.operation.definition.raw.get("security", []) for name in scheme]
        if not schemes:
            return None
        ticket = (case.path_parameters or {}).get("ticket")
        with lock:
            key, holder = keys.get(ticket), holders.get(ticket)
        choices = []
        if "customerKey" in schemes:
            choices.append(key or next(iter(keys.values()), None) or ask_for_key())
        if "personToken" in schemes:
            operator = operation_id(context.operation) in OPERATORS_ONLY
            line = (case.path_parameters or {}).get("line")
            person = PEOPLE.get(line) or chance.choice(list(PEOPLE.values()))
            choices.append(STAFF_OPERATOR if operator else holder or person)
        if "operatorToken" in schemes:
            choices.append(OPERATOR)
        return chance.choice(choices)

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


def ask_for_key():
    return keys[ask()["id"]]
