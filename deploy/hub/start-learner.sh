#!/bin/sh
# What the hub starts for a learner, as that learner: first his notebooks are brought up to date, then his server starts in
# place of this script. Neither a full folder nor a damaged notebook keeps the server from starting.
node=$DESCENT_NODE course=$DESCENT_COURSE python=$DESCENT_HUB_PYTHON locale=${DESCENT_LOCALE-}
unset DESCENT_NODE DESCENT_COURSE DESCENT_HUB_PYTHON DESCENT_LOCALE

if "$node" "$course/tools/hub/update-notebooks.mjs" "$course/notebooks${DESCENT_LANGUAGE:+/$DESCENT_LANGUAGE}" "$HOME/notebooks"; then
  # Signed are only those that are byte for byte as they were published.
  "$python" "$course/tools/setup/python/sign-notebooks.py" "$course/notebooks/SHA256SUMS" >/dev/null 2>&1
fi
menus=$HOME/.jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings
if [ -n "$locale" ] && [ ! -e "$menus" ]; then
  # Only the first time: the learner may choose another language.
  mkdir -p "${menus%/*}" && printf '{ "locale": "%s" }\n' "$locale" >"$menus"
fi
exec "$python" -m jupyterhub.singleuser "$@"
