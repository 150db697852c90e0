"""What comes out: figures, reports and words."""
