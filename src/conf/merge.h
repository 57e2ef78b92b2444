/* One tree out of several files: `include`, `base` with `patch`, and --set options.
 *
 *   base: FILE            start from that file (with its own includes)
 *   include: [FILES]      then these, in order
 *   (the file's own keys) then these: mappings are merged key by key, anything else replaces
 *   patch: {a.b: VALUE}   then each of these replaces what is at that dotted key; null removes it
 *   --set a.b=VALUE       the same, last, in the order of the options
 *
 * A mapping merged into (or a dotted key reaching into) the name of a CSV table opens the table as a mapping
 * of its rows by their column `id`.  Every node keeps the position where it was written. */
#ifndef KURA_CONF_MERGE_H
#define KURA_CONF_MERGE_H

#include "conf/tree.h"

enum { KURA_MERGE_NESTING = 16, KURA_MERGE_LOADS = 1000 };

/* Is the mapping at this dotted key one value, replaced as a whole and not merged? */
typedef int (*kura_is_whole)(const char *dotted);

/* The merged tree of the file `path` and `nsets` options, without the keys include, base and patch.  NULL
 * after errors, which are in files->diag. */
kura_node *kura_merge_load(kura_files *files, const char *path, const char *const *sets, size_t nsets,
                           kura_is_whole is_whole);

/* The mapping in the file that a node names (for messages: what names it, "policies"), nothing merged.  NULL
 * after errors. */
kura_node *kura_merge_open(kura_files *files, const kura_node *name, const char *what);
/* `root` changed by files to include and by a mapping of dotted keys; either may be NULL.  NULL after errors.
 */
kura_node *kura_merge_change(kura_files *files, kura_node *root, kura_node *include, const kura_node *patch,
                             kura_is_whole is_whole);

#endif
