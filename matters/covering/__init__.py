"""What need not be brought (免证办): which materials the store, a register or the form stand in for, and what lacks."""
