#pragma once
struct option {
    const char *name;
    int has_arg;
    int *flag;
    int val;
};
#define no_argument 0
#define required_argument 1
#define optional_argument 2
char **__optarg_location(void);
int *__optind_location(void);
int *__opterr_location(void);
int *__optopt_location(void);
#define optarg (*__optarg_location())
#define optind (*__optind_location())
#define opterr (*__opterr_location())
#define optopt (*__optopt_location())
int getopt(int argc, char *const argv[], const char *options);
int getopt_long(int argc, char *const argv[], const char *options, const struct option *table, int *index);
