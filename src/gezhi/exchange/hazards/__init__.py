"""What cameras see at places, by HTTP. Nothing about people comes in by here."""
