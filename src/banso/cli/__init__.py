"""The command line: one module a noun, one function a command; `app` lists them."""
