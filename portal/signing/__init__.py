"""Signing in beyond a password: second factor, own sign-ins, staying signed in, the identity platform."""
