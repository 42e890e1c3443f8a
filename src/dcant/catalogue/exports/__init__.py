"""The common base given away, in the formats that others read, with the licence and the attribution of each source."""
