"""The layers of layers_mx.py in PyTorch; compiled: by inductor."""

from layers_mx import CONVOLUTIONS, NORMED, PARAMETERS, TOKENS, UNITS, WORDS


def layer_cases(torch, uniform, is_compiled=False):
    """name -> (function of no arguments, calls a measurement)."""
    F = torch.nn.functional

    def trained(function, *arrays):
        run = torch.compile(function) if is_compiled else function
        inputs = [array.clone().requires_grad_() for array in arrays]

        def step():
            for array in inputs:
                array.grad = None
            y = run(*inputs)
            y.backward(torch.ones_like(y))
        return step

    cases = {}
    for name, (count, channels, side) in CONVOLUTIONS.items():
        cases[name] = trained(lambda x, w: F.conv2d(x, w, padding=1),
                              uniform(count, channels, side, side),
                              uniform(channels, channels, 3, 3)), 4
    mean, variance = torch.zeros(NORMED[1]), torch.ones(NORMED[1])
    cases["BatchNorm + backward"] = trained(
        lambda x, gamma, beta: F.batch_norm(x, mean, variance, gamma, beta, training=True),
        uniform(*NORMED), torch.ones(NORMED[1]), torch.zeros(NORMED[1])), 4
    cases["LayerNorm + backward"] = trained(
        lambda x, gamma, beta: F.layer_norm(x, (UNITS,), gamma, beta),
        uniform(*TOKENS, UNITS), torch.ones(UNITS), torch.zeros(UNITS)), 4
    if is_compiled:
        return cases
    words, table = torch.randint(WORDS, TOKENS), uniform(WORDS, UNITS)
    cases["embedding"] = (lambda: F.embedding(words, table), 8)
    weight = uniform(PARAMETERS).requires_grad_()
    weight.grad = uniform(PARAMETERS)
    cases["Adam of 25M"] = (torch.optim.Adam([weight], lr=1e-3, fused=True).step, 2)
    return cases
