/* The two kinds of item of order.c: a key of 32 bits with its place in a word, or a pair of both.
 * WORDS or PAIRS, defined before the include, says which one the names stand for. */
#undef ITEM_NAME
#undef ITEM_BITS
#undef ITEM_KEY
#undef item
#undef ITEM
#undef KEY
#undef PLACE

#define ITEM_JOIN(a, b) a##_##b
#define ITEM_JOIN_(a, b) ITEM_JOIN(a, b)
#define ITEM_KIND(name) ITEM_JOIN_(name, ITEM_NAME)

#ifdef WORDS
#define ITEM_NAME word
#define ITEM_BITS 32
#define ITEM_KEY uint32_t
#define item uint64_t
#define ITEM(key, at) ((uint64_t)(uint32_t)(key) << 32 | (uint64_t)(at))
#define KEY(x) ((uint32_t)((x) >> 32))
#define PLACE(x) ((int64_t)((x) & UINT32_MAX))
#else
#define ITEM_NAME pair
#define ITEM_BITS 64
#define ITEM_KEY uint64_t
#define item order_pair
#define ITEM(key, at) ((order_pair){(key), (uint64_t)(at)})
#define KEY(x) ((x).key)
#define PLACE(x) ((int64_t)(x).at)
#endif
