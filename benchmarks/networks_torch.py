"""The networks and graphs of networks_mx.py in PyTorch, eager."""

from networks_mx import LSTM_UNITS, STEPS, TEXTS, WORDS


def chain(torch, x, y):
    return torch.sqrt(torch.abs(torch.tanh(x * y + 1) * torch.sigmoid(x - y)) + 1e-3) * x


def graph_cases(torch, uniform):
    """name -> (function, calls a measurement). A "graph" is compared with eager PyTorch."""
    nn = torch.nn

    def tiny(x):
        for _ in range(5):
            x = torch.relu(x + 1.0)
        return x

    def lenet():
        return nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.Tanh(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500), nn.Tanh(), nn.Linear(500, 10))

    def mlp():
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                             nn.Linear(64, 10))

    digits, points, images = uniform(64, 1, 28, 28), uniform(100, 784), uniform(4, 3, 112, 112)
    one, other, small = uniform(1000000), uniform(1000000), uniform(10, 10)
    lenet_step, resnet_step = (step_of(torch, lenet(), digits),
                               step_of(torch, resnet18(torch), images))
    lstm_step = language_step(torch)
    return {
        "MLP step, graph": (step_of(torch, mlp(), points), 20),
        "LeNet step": (lenet_step, 2), "LeNet step, graph": (lenet_step, 2),
        "ResNet-18 step": (resnet_step, 1), "ResNet-18, graph": (resnet_step, 1),
        "LSTM step": (lstm_step, 1), "LSTM step, graph": (lstm_step, 1),
        "chain of 1M": (without_gradients(torch, chain, torch, one, other), 10),
        "net of 10 ops": (without_gradients(torch, tiny, small), 1000),
    }


def language_model(torch):
    """That of networks_mx.py."""
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(WORDS, LSTM_UNITS)
            self.lstm = torch.nn.LSTM(LSTM_UNITS, LSTM_UNITS, 2)
            self.top = torch.nn.Linear(LSTM_UNITS, WORDS)

        def forward(self, text, state):
            return self.top(self.lstm(self.embedding(text), (state, state))[0])

    return Model()


def language_step(torch):
    net = language_model(torch)
    optimizer, loss_of = torch.optim.SGD(net.parameters(), lr=0.1), torch.nn.CrossEntropyLoss()
    text = torch.randint(0, WORDS, (STEPS + 1, TEXTS))
    state = torch.zeros(2, TEXTS, LSTM_UNITS)

    def step():
        optimizer.zero_grad()
        loss_of(net(text[:-1], state).reshape(-1, WORDS), text[1:].reshape(-1)).backward()
        optimizer.step()
    return step


def without_gradients(torch, function, *arrays):
    def call():
        with torch.no_grad():
            return function(*arrays)
    return call


def step_of(torch, net, data):
    """One step of training."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss_of, label = torch.nn.CrossEntropyLoss(), torch.arange(len(data)) % 10

    def step():
        optimizer.zero_grad()
        loss_of(net(data), label).backward()
        optimizer.step()
    return step


def resnet18(torch):
    """ResNet-18 for 10 classes (He et al., 2015, arXiv:1512.03385)."""
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self, channels_in, channels, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False),
                nn.BatchNorm2d(channels), nn.ReLU(),
                nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
            self.short = nn.Identity() if channels_in == channels else nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False),
                nn.BatchNorm2d(channels))

        def forward(self, x):
            return torch.relu(self.body(x) + self.short(x))

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
              nn.MaxPool2d(3, 2, 1)]
    before = 64
    for channels in (64, 128, 256, 512):
        layers += [Residual(before, channels, 1 if channels == 64 else 2),
                   Residual(channels, channels, 1)]
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))
