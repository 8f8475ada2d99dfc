"""Single layers with their gradients, and an optimizer: for compare.py, mxlite and MXNet 1.9.1."""

# name -> images, channels, side: of 3 x 3 convolutions to as many channels
CONVOLUTIONS = {"conv 64, 56^2 + backward": (8, 64, 56),
                "conv 256, 14^2 + backward": (8, 256, 14)}
NORMED = (16, 64, 56, 56)
TOKENS, UNITS, WORDS = (32, 128), 768, 10000
PARAMETERS = 25_000_000


def layer_cases(mx, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    nd = mx.nd

    def trained(function, *arrays):
        for array in arrays:
            array.attach_grad()

        def step():
            with mx.autograd.record():
                y = function(*arrays)
            y.backward()
        return step

    cases = {}
    for name, (count, channels, side) in CONVOLUTIONS.items():
        cases[name] = trained(
            lambda x, w: nd.Convolution(x, w, no_bias=True, kernel=(3, 3), pad=(1, 1),
                                        num_filter=w.shape[0]),
            uniform(count, channels, side, side), uniform(channels, channels, 3, 3)), 4
    mean, variance = nd.zeros(NORMED[1]), nd.ones(NORMED[1])
    cases["BatchNorm + backward"] = trained(
        lambda x, gamma, beta: nd.BatchNorm(x, gamma, beta, mean, variance, fix_gamma=False),
        uniform(*NORMED), nd.ones(NORMED[1]), nd.zeros(NORMED[1])), 4
    cases["LayerNorm + backward"] = trained(
        lambda x, gamma, beta: nd.LayerNorm(x, gamma, beta),
        uniform(*TOKENS, UNITS), nd.ones(UNITS), nd.zeros(UNITS)), 4
    words, table = (uniform(*TOKENS) + 1) * (WORDS // 2 - 1), uniform(WORDS, UNITS)
    cases["embedding"] = (lambda: nd.Embedding(words, table, input_dim=WORDS, output_dim=UNITS), 8)
    weight, gradient = uniform(PARAMETERS), uniform(PARAMETERS)
    states = nd.zeros(PARAMETERS), nd.zeros(PARAMETERS)
    cases["Adam of 25M"] = (lambda: nd.adam_update(weight, gradient, *states, lr=1e-3,
                                                   out=weight), 2)
    return cases
