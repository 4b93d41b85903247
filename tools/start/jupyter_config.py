"""Takes the token out of the environment, so that kernels and terminals do not inherit it. Read by JupyterLab itself."""
import os

token = os.environ.pop("JUPYTER_TOKEN", None)
if token:  # the file is read more than once
    c.IdentityProvider.token = token  # noqa: F821
