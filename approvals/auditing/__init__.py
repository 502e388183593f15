"""Held against what is stored: the machine's decisions judged again, sheets for an auditor, grounds to look by duty."""
