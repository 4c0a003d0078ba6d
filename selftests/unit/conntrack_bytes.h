/* provisional */
struct sample {
	const char *ask, *answer;
	size_t nask, nanswer;
	uint32_t seq;
	uint8_t proto, type, reply_type;
	const char *asked[2], *orig[2], *reply[2];
	uint16_t aport[2], oport[2], rport[2];
	const char *state;
	uint32_t left, id;
};
static const struct sample sample[] = { { "", "", 0, 0, 0, 6, 0, 0, {"1.1.1.1","1.1.1.1"}, {"1.1.1.1","1.1.1.1"}, {"1.1.1.1","1.1.1.1"}, {0,0},{0,0},{0,0}, "", 0, 0 } };
#define NSAMPLES 1
