/* Updates of mixed precision: item k of a weight of 16 bits, out, its copy in float32, weight, and its momentum,
 * mom, from the gradient, grad, of 16 bits. */
#define MASTER_STEP(load, store, has_mom, is_nag)                                             \
  {                                                                                           \
    float g = rescale * load(grad[k]);                                                        \
    if (clip >= 0) g = g > clip ? clip : g < -clip ? -clip : g;                               \
    const float kept = has_mom ? momentum * mom[k] : 0, old = weight[k];                      \
    const float moved = kept - lr * (g + wd * old);                                           \
    weight[k] = old + (is_nag ? (momentum + 1) * moved - kept : moved);                       \
    if (has_mom) mom[k] = is_nag ? kept - lr * (g + wd * weight[k]) : moved;                  \
    out[k] = store(weight[k]);                                                                \
  }
