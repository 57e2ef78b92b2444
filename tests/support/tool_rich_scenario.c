/* Prints the scenario with a little of everything (rich_scenario.h), for tests written as scripts. */
#include "rich_scenario.h"
#include <stdio.h>

int main(void) { return fputs(RICH_SCENARIO, stdout) < 0; }
