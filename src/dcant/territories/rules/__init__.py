"""What is true of territories and organisations, without database or clock."""
