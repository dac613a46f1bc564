"""The command `wherefrom`: it parses, calls and renders; no rule of the domain lives here."""
