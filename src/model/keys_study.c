/* Keys of `study` and `policy`: policies compared with a scenario, what is asked of many runs, and what a
 * policy says of itself. */
#include "model/keys_internal.h"

static const kura_key note[] = {
    {"expect", OTHER(sc_note, expected, type_expect), WITH(sc_note, nexpected),
     DOC("7", "{NUMBER: falls, rises or nothing} of all headline minerals together, or {NUMBER: {falls: "
              "[minerals], rises: [minerals], nothing: [minerals]}}; a study says whether it holds")},
    {"reason", TEXT(sc_note, reason), DOC("7", "why, in a line or two")},
    KEYS_END};
const kura_record keys_note = {"policy", note, sizeof(sc_note), NULL, read_note_finish};

static const kura_key policy[] = {
    {"id", NAME(sc_policy, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("7", "name of the policy")},
    {"file", FREE, DOC("7", "a policy file: its `patch` and `include` change the scenario")},
    {"patch", FREE, DOC("7", "or {dotted.key: value}: changes of the scenario; null removes")},
    {"combine", NAMES(sc_policy, combines, ncombines), FLAGS(KURA_KEY_CAPITALS),
     DOC("7", "or other policies, one after the other")},
    {"title", TEXT(sc_policy, title), DOC("7", "one line for people; default: that of the file")},
    {"expect", OTHER(sc_policy, note.expected, type_expect), WITH(sc_policy, note.nexpected),
     DOC("7", "as in the section `policy` of a file, which it replaces")},
    {"reason", TEXT(sc_policy, note.reason), DOC("7", "why, in a line or two")},
    KEYS_END};
static const kura_record keys_policy = {"policy", policy, sizeof(sc_policy), NULL, read_policy_finish};

static const kura_key portfolios[] = {
    {"of", NAMES(sc_portfolios, of, nof), FLAGS(KURA_KEY_CAPITALS), DOC("7", "policies that are combined")},
    {"at_most", COUNT(sc_portfolios, at_most), FLAGS(KURA_KEY_NOTED), DEFAULT("all of them"),
     RANGE("1..1000"), DOC("7", "policies in one portfolio")},
    KEYS_END};
static const kura_record keys_portfolios = {"portfolios", portfolios, sizeof(sc_portfolios), NULL, NULL};

static const kura_key break_even[] = {
    {"id", NAME(sc_break_even, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("7.7", "name of the question; its runs are called ID@VALUE")},
    {"policy", NAME(sc_break_even, policy), FLAGS(KURA_KEY_CAPITALS),
     DOC("7.7", "the policy of the study that holds the quantity; default: the scenario itself does")},
    {"key", TEXT(sc_break_even, key), REQUIRED,
     DOC("7.7", "dotted key of the quantity, levers.diplomacy.talks.effect")},
    {"values", OTHER(sc_break_even, written, type_values), WITH(sc_break_even, nvalues), REQUIRED,
     DOC("7.7", "2 to 100 values in ascending order, in one unit; between them gains are interpolated")},
    {"number", OTHER(sc_break_even, number, type_number), FLAGS(KURA_KEY_NOTED), DEFAULT("net benefit"),
     DOC("7.7", "number of the result that is to fall; by default the loss of users avoided is to pay for "
                "the cost")},
    {"falls", QUANTITY(sc_break_even, falls, SHARE), RANGE("(0..1]"),
     DOC("7.7", "share of its value without policy by which the number is to fall")},
    {"mineral", OTHER(sc_break_even, mineral, type_mineral), FLAGS(KURA_KEY_NOTED),
     DEFAULT("all of the headline"), DOC("7.7", "of one mineral")},
    KEYS_END};
static const kura_record keys_break_even = {"break_even", break_even, sizeof(sc_break_even), NULL,
                                            read_break_even_finish};

static const kura_key study[] = {
    {"policies", RECORDS(sc_study, policies, npolicies, keys_policy), FLAGS(KURA_KEY_BY_ID | KURA_KEY_FILES),
     DOC("7", "what is compared, by id; or a list of policy files, whose names are the ids")},
    {"portfolios", GROUP(sc_study, portfolios, keys_portfolios), DEFAULT("none"),
     DOC("7", "all combinations of some policies, named a+b; at most 1024")},
    {"leave_out", OTHER(sc_study, leave_out, type_leave_out),
     DOC("8.10", "{CAUSE: section or [sections] of the scenario}: what each cause costs, by leaving it out, "
                 "and what their interaction does")},
    {"break_even", RECORDS(sc_study, break_even, nbreak_even, keys_break_even), FLAGS(KURA_KEY_BY_ID),
     DOC("7.7", "from which value on a quantity pays, with its interval")},
    {"confidence", QUANTITY(sc_study, confidence, SHARE), DEFAULT("95 %"), RANGE("0.5..1)"),
     DOC("7", "of the intervals of differences")},
    {"fresh_paths", LARGE(sc_study, fresh_paths), DEFAULT("0"), RANGE("0..1000000000000"),
     DOC("7", "paths of a second estimate of this scenario and of the policies that are not dominated, on "
              "futures that had no part in the choice; 0 = none")},
    KEYS_END};
const kura_record keys_study = {"study", study, sizeof(sc_study), NULL, read_study_finish};
