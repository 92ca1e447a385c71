"""No client at all: what the harness itself costs, to be taken off whole processes."""


def some_ids(count):
    return ["id"] * count


def get(user_id):
    return user_id, True, "e-mail"
