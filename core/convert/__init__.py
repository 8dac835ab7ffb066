"""What files are, by their bytes, and how they become something the other side takes."""
