/* Defines the identity settings of a Neon compute as Neon's own module does. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

static char *values[5];

void
_PG_init(void)
{
	static const char *const names[5] = {
		"neon.timeline_id", "neon.tenant_id", "neon.project_id", "neon.branch_id", "neon.endpoint_id"
	};

	for (int i = 0; i < 5; i++)
		DefineCustomStringVariable(names[i], "An identity of the compute.", NULL, &values[i], "",
								   PGC_POSTMASTER, 0, NULL, NULL, NULL);
#if PG_VERSION_NUM >= 150000
	MarkGUCPrefixReserved("neon");
#else
	EmitWarningsOnPlaceholders("neon");
#endif
}
