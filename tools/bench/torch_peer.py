"""One epoch of a bare PyTorch loop with fused Adam for every line on stdin: {"batchSize": 32}.

The images lie in one tensor and are gathered by shuffled indices, which is faster than a DataLoader; the loss and the
accuracy are summed as Keras sums them. The second argument is the number of threads; a third, `compile`, compiles forward
and backward with torch.compile, before the first line is answered. Answers one JSON line each: {"seconds": …, "loss": …}.
"""
import json
import sys
import time

import torch
from torch import nn

from data import images, labels

torch.set_num_threads(int(sys.argv[2]))
x, y = torch.from_numpy(images('train')), torch.from_numpy(labels('train'))
torch.manual_seed(1)
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7, fused=True)
cross_entropy = nn.CrossEntropyLoss()


def forward(images_of, labels_of):
    logits = model(images_of)
    return cross_entropy(logits, labels_of), logits


if sys.argv[3:] == ['compile']:
    forward = torch.compile(forward)
    # Each length that a batch can have is compiled once: that of all batches, and that of the last.
    for size in (32, 128, 1024):
        for length in {size, len(x) % size or size}:
            forward(x[:length], y[:length])[0].backward()
print(json.dumps({'version': f'PyTorch {torch.__version__}'}), flush=True)
for line in sys.stdin:
    size = json.loads(line)['batchSize']
    start = time.perf_counter()
    total = torch.zeros(())
    right = torch.zeros((), dtype=torch.int64)
    for batch in torch.randperm(len(x)).split(size):
        images_of, labels_of = x[batch], y[batch]
        optimizer.zero_grad()
        loss, logits = forward(images_of, labels_of)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(batch)
        right += (logits.argmax(1) == labels_of).sum()
    mean = float(total) / len(x)
    seconds = time.perf_counter() - start
    print(json.dumps({'seconds': seconds, 'loss': mean, 'accuracy': int(right) / len(x)}), flush=True)
