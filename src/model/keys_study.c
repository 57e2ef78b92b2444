/* Keys of `study` and `policy`: policies compared with a scenario, and what a policy says of itself. */
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

static const kura_key study[] = {
    {"policies", RECORDS(sc_study, policies, npolicies, keys_policy),
     FLAGS(KURA_KEY_BY_ID | KURA_KEY_REQUIRED | KURA_KEY_FILES),
     DOC("7", "what is compared, by id; or a list of policy files, whose names are the ids")},
    {"portfolios", GROUP(sc_study, portfolios, keys_portfolios), DEFAULT("none"),
     DOC("7", "all combinations of some policies, named a+b; at most 1024")},
    {"confidence", QUANTITY(sc_study, confidence, SHARE), DEFAULT("95 %"), RANGE("0.5..1)"),
     DOC("7", "of the intervals of differences")},
    {"fresh_paths", LARGE(sc_study, fresh_paths), DEFAULT("0"), RANGE("0..1000000000000"),
     DOC("7", "paths of a second estimate of this scenario and of the policies that are not dominated, on "
              "futures that had no part in the choice; 0 = none")},
    KEYS_END};
const kura_record keys_study = {"study", study, sizeof(sc_study), NULL, read_study_finish};
