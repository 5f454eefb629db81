"""Virtual instruments: a state goes in, the raw file of a real instrument comes out."""
