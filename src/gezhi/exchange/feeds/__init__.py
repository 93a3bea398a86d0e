"""The process that senses: stations and brokers as they are registered, heard as long as it runs, and the clock of
monitors."""
