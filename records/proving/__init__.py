"""The proof of the journal: its arithmetic, sealed blocks and their heads, export, and finding every fault."""
