"""What the choices of a recipe are called, and what they do, in plain words. No widgets."""

from typing import Final

from digitlab.training.config import WARMUP_STEPS, Augmentation, Optimizer, Schedule

OPTIMIZERS: Final = {
    Optimizer.SGD: ("SGD", "Plain gradient descent, as the tutorial has it: each step goes straight down the slope."),
    Optimizer.MOMENTUM: ("Momentum", "Gradient descent that keeps rolling: nine tenths of the last step are added."),
    Optimizer.NESTEROV: ("Nesterov", "Momentum that looks where it will land before it corrects its course."),
    Optimizer.RMSPROP: ("RMSprop", "Each weight has a step of its own, shorter where the slope was steep lately."),
    Optimizer.ADAGRAD: ("Adagrad", "Each weight has a step of its own that only ever gets shorter."),
    Optimizer.ADAM: ("Adam", "Momentum and a step of its own for each weight; mostly the fastest start."),
}

SCHEDULES: Final = {
    Schedule.CONSTANT: ("Constant", "The same learning rate from the first step to the last."),
    Schedule.WARMUP_COSINE: (
        "Warm-up and cosine",
        f"The learning rate grows over the first {WARMUP_STEPS} steps, then falls along half a cosine to 0: "
        "bold in the middle, careful at the end.",
    ),
}

AUGMENTATIONS: Final = {
    Augmentation.NONE: ("None", "The images as they are, the same in every epoch."),
    Augmentation.IMAGES: (
        "Warped images",
        "About half of the images are turned, shifted, stretched and bent a little, others in every epoch: "
        "the network sees more hands than there are images. Takes longer.",
    ),
    Augmentation.DRAWINGS: (
        "Images and drawings",
        "Besides the warped images, drawings are warped as strokes, with a pen of another width each time. "
        "Drawings without a label teach a network with an eleventh output what is no digit.",
    ),
}
