"""People, organisations, who may act for whom, places, posts and messages."""

from accounts.models.mandates import Delegation, Guardianship
from accounts.models.messages import Delivery, EmailCode, Message, OptOut
from accounts.models.organisations import ActingRight, Organisation
from accounts.models.people import Person, User
from accounts.models.places import Department, Hall, Region
from accounts.models.posts import Post
from accounts.models.sign_ins import SignIn

__all__ = [
    "ActingRight",
    "Delegation",
    "Delivery",
    "Department",
    "EmailCode",
    "Guardianship",
    "Hall",
    "Message",
    "OptOut",
    "Organisation",
    "Person",
    "Post",
    "Region",
    "SignIn",
    "User",
]
