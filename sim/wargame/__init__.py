"""One side in a player's hands: what it knows, which orders are lawful, what is reported back, the game's file."""
