"""Pure rules of the common base: what a sheet shows, whom a resource is for."""
