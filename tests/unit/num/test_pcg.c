/* Streams: known answers from NumPy 1.24 (PCG64DXSM, SeedSequence), lanes against single draws, strides, wrap
 * of path ids. */
#include "num_test.h"
#include "num/lane_draw.h"
#include "num/pcg.h"

/* numpy: key words w = SHA-256(key)[:16] as four '<u4'; g = PCG64DXSM(SeedSequence(seed,
 * spawn_key=w)).jumped(path); g.advance(index); g.random_raw(3) */
static const struct {
    uint64_t seed;
    const char *key;
    uint64_t path, index, raw[3];
} answers[] = {
    {0ull, "", 0ull, 0ull, {0xdae4b0f1ea61e8a5u, 0x6afc406e8b62e54du, 0xc267d5ac595f2da2u}},
    {1ull, "price/Co", 0ull, 0ull, {0x7f41c5e9e006209au, 0x530c982f8777c251u, 0x13dd15db53dee8c5u}},
    {1ull, "price/Co", 1ull, 0ull, {0x8cab434e31c839fau, 0xdf8a90ccb3dd95ccu, 0xa2d46ba4e5722fb4u}},
    {1ull, "price/Co", 99999ull, 2077ull, {0x230e2a7646ef06ebu, 0x2774b480060087a5u, 0x7eed8e0de8b85f48u}},
    {20260101ull, "regime/CHN", 7ull, 12ull, {0xb74a8f4a7faea8e5u, 0x805d8716f47cb0adu, 0x27bf54ab7a42dbe1u}},
    {18446744073709551615ull,
     "outage.up/site:CN_refine_Ga_03",
     1099511627777ull,
     3ull,
     {0xa8a2087c54279c02u, 0xee461152e9534c8cu, 0x85287788d4277dffu}},
    {12345ull,
     "onset/CHN/Dy",
     18446744073709551615ull,
     9223372036854775813ull,
     {0x055b174e967e6d24u, 0x2bd50d0f0048673fu, 0xe7fb6911a54668aeu}},
    {4294967296ull,
     "factor/0",
     1023ull,
     4294967295ull,
     {0xd1f110f60240c42bu, 0x0a8eb952a9578d8bu, 0x46f54d159fd4f08fu}},
    {20260101ull, "selfcheck", 0ull, 0ull, {0x7323045916ed1ea2u, 0x8ce231a6d3103075u, 0x12877f3cf7afa48bu}},
    {9ull,
     "\xe8\xb3\x87\xe6\xba\x90/\xe3\x83\xac\xe3\x82\xa2\xe3\x82\xa2\xe3\x83\xbc\xe3\x82\xb9",
     3ull,
     4ull,
     {0x1c8e5bc35eec31e8u, 0x5c968b563c4ba7dcu, 0x56a7f5240f1ea616u}},
};

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        kura_stream s;
        kura_stream_init(&s, answers[i].seed, answers[i].key);
        assert_true(s.inc_lo & 1);
        for (uint64_t k = 0; k < 3; k++) {
            uint64_t raw = kura_stream_raw(&s, answers[i].path, answers[i].index + k);
            assert_int_equal(raw, answers[i].raw[k]);
            assert_true(kura_stream_uniform(&s, answers[i].path, answers[i].index + k) ==
                        kura_uniform_of_raw(raw));
        }
    }
}

static void test_uniform_is_inside(void **state)
{
    (void)state;
    assert_true(kura_uniform_of_raw(0) == 0x1p-53);
    assert_true(kura_uniform_of_raw(~0ull) == 1.0 - 0x1p-53);
    assert_true(kura_uniform_of_raw(1ull << 63) == 0.5 + 0x1p-53);
    for (int b = 0; b < 64; b++) {
        uint64_t raw = 1ull << b;
        assert_true(kura_uniform_of_raw(raw) == ((double)(raw >> 12) + 0.5) * 0x1p-52);
    }
}

static void compare_lanes(const char *key, uint64_t first_path, uint64_t first_index, uint64_t stride)
{
    kura_stream s;
    kura_lane_stream ls;
    double u[KURA_LANES];
    kura_stream_init(&s, 77, key);
    kura_lane_stream_init(&ls, &s, first_path, first_index, stride);
    for (uint64_t draw = 0; draw < 20; draw++) {
        uint64_t index = first_index + draw * stride;
        for (int l = 0; l < KURA_LANES; l += 7)
            assert_true(kura_lane_uniform_at(&ls, l, 5) ==
                        kura_stream_uniform(&s, first_path + (uint64_t)l, index + 5));
        kura_lane_uniform(&ls, u);
        for (int l = 0; l < KURA_LANES; l++)
            assert_true(u[l] == kura_stream_uniform(&s, first_path + (uint64_t)l, index));
    }
}

static void test_lanes(void **state)
{
    (void)state;
    compare_lanes("price/Co", 0, 0, 1);
    compare_lanes("price/Co", 64, 3, 4);
    compare_lanes("onset/CHN/Dy", 1024 * 97 + 64, 8, 8);
    compare_lanes("factor/0", 0xfffffffffull, 1ull << 40, 1000003);
    compare_lanes("route/malacca", ~0ull - 20, 5, 2); /* path ids wrap inside the bundle */
    compare_lanes("project/x", 640, 2, 0);
}

static void test_keys_differ(void **state)
{
    (void)state;
    kura_stream a, b, c;
    kura_stream_init(&a, 1, "price/Co");
    kura_stream_init(&b, 1, "price/Cu");
    kura_stream_init(&c, 2, "price/Co");
    assert_true(a.inc_lo != b.inc_lo && a.state_lo != b.state_lo && a.state_lo != c.state_lo);
    assert_true(kura_stream_raw(&a, 0, 0) != kura_stream_raw(&b, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_uniform_is_inside),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_keys_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
