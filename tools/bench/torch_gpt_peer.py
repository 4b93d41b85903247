"""Steps of a GPT in PyTorch for every line on stdin: {"steps": 20}. The network, the batch, the clipping and AdamW are those of gpt.ts.

The second argument is the number of threads; a third, `compile`, compiles forward and backward with torch.compile, before
the first line is answered. Answers one JSON line each: {"seconds": … a step, "loss": … of the last}.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

LAYERS, HEADS, WIDTH, CONTEXT, BATCH, VOCABULARY = 3, 4, 96, 64, 24, 74


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.output = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        q, k, v = (
            part.view(BATCH, CONTEXT, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in self.qkv(self.norm1(x)).split(WIDTH, dim=2)
        )
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(seen.transpose(1, 2).reshape(BATCH, CONTEXT, WIDTH))
        return x + self.down(functional.gelu(self.up(self.norm2(x)), approximate='tanh'))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Parameter(torch.empty(CONTEXT, WIDTH))
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
            elif name.endswith('bias'):
                nn.init.zeros_(parameter)

    def forward(self, tokens, targets):
        x = self.tokens(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        logits = functional.linear(self.norm(x), self.tokens.weight)
        return functional.cross_entropy(logits.view(-1, VOCABULARY), targets.reshape(-1))


torch.set_num_threads(int(sys.argv[2]))
torch.manual_seed(1)
model = Gpt()
text = (7 * torch.arange(CONTEXT + 1) + 3 * torch.arange(BATCH)[:, None]) % VOCABULARY
tokens, targets = text[:, :-1].contiguous(), text[:, 1:].contiguous()
groups = [
    {'params': [one for one in model.parameters() if one.dim() == 2], 'weight_decay': 0.01},
    {'params': [one for one in model.parameters() if one.dim() == 1], 'weight_decay': 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=0.001, betas=(0.9, 0.99), fused=True)
forward = torch.compile(model) if sys.argv[3:] == ['compile'] else model


def step():
    optimizer.zero_grad()
    loss = forward(tokens, targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss


first = float(step().detach())
print(json.dumps({'version': f'PyTorch {torch.__version__}', 'first': first}), flush=True)
for line in sys.stdin:
    steps = json.loads(line)['steps']
    start = time.perf_counter()
    for _ in range(steps):
        # Its loss is read at each step, as in gpt.ts.
        loss = float(step().detach())
    print(json.dumps({'seconds': (time.perf_counter() - start) / steps, 'loss': loss}), flush=True)
