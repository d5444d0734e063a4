/*
 * Judges certificates by OpenSSL: a question a line on standard input, an answer a line on standard output.
 *
 * The fields of a question, parted by tabs, lists by commas, everything in hexadecimal DER that is no number or name:
 * mode (find or judge: a list of certificates is a path, or a leaf alone), time in seconds, flags, policies, path, heap,
 * anchors, CRLs. Flags: e explicit policy, m inhibit mapping, a inhibit anyPolicy, r revocation. An answer is "valid"
 * with the policies and the serial numbers of the path down to the anchor, or "invalid" with why.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

enum { MODE, TIME, FLAGS, POLICIES, PATH, HEAP, ANCHORS, CRLS, FIELDS };

static unsigned char *octets(const char *hex, long *length)
{
    unsigned char *der = OPENSSL_hexstr2buf(hex, length);
    if (der == NULL) {
        fprintf(stderr, "not hexadecimal: %.40s\n", hex);
        exit(2);
    }
    return der;
}

static STACK_OF(X509) *certificates(char *list)
{
    STACK_OF(X509) *found = sk_X509_new_null();
    for (char *one = strsep(&list, ","); one != NULL; one = strsep(&list, ",")) {
        if (*one == '\0')
            continue;
        long length;
        unsigned char *der = octets(one, &length);
        const unsigned char *at = der;
        X509 *certificate = d2i_X509(NULL, &at, length);
        OPENSSL_free(der);
        if (certificate != NULL)
            sk_X509_push(found, certificate);
    }
    return found;
}

static STACK_OF(X509_CRL) *lists(char *list)
{
    STACK_OF(X509_CRL) *found = sk_X509_CRL_new_null();
    for (char *one = strsep(&list, ","); one != NULL; one = strsep(&list, ",")) {
        if (*one == '\0')
            continue;
        long length;
        unsigned char *der = octets(one, &length);
        const unsigned char *at = der;
        X509_CRL *crl = d2i_X509_CRL(NULL, &at, length);
        OPENSSL_free(der);
        if (crl != NULL)
            sk_X509_CRL_push(found, crl);
    }
    return found;
}

/* Everything that brings OpenSSL near to RFC 5280. */
static void set(X509_STORE_CTX *context, char **fields)
{
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK;
    if (strchr(fields[FLAGS], 'e'))
        flags |= X509_V_FLAG_EXPLICIT_POLICY;
    if (strchr(fields[FLAGS], 'm'))
        flags |= X509_V_FLAG_INHIBIT_MAP;
    if (strchr(fields[FLAGS], 'a'))
        flags |= X509_V_FLAG_INHIBIT_ANY;
    if (strchr(fields[FLAGS], 'r'))
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT
            | X509_V_FLAG_USE_DELTAS;
    X509_VERIFY_PARAM_set_flags(parameters, flags);
    X509_VERIFY_PARAM_set_time(parameters, atoll(fields[TIME]));
    /* Whoever asks for no policy at all gets none, where one is required. */
    char any[] = "2.5.29.32.0";
    char *policies = *fields[POLICIES] == '\0' ? any : fields[POLICIES];
    for (char *one = strsep(&policies, ","); one != NULL; one = strsep(&policies, ","))
        if (*one != '\0')
            X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj(one, 1));
}

/* OpenSSL asks whether the anchor itself is revoked. RFC 5280 does not: it is trusted. */
static int pass_over_the_anchor(int ok, X509_STORE_CTX *context)
{
    int is_anchor = X509_STORE_CTX_get_error_depth(context) == sk_X509_num(X509_STORE_CTX_get0_chain(context)) - 1;
    switch (X509_STORE_CTX_get_error(context)) {
    case X509_V_ERR_CERT_REVOKED:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        return ok || is_anchor;
    default:
        return ok;
    }
}

static void print_policies(X509_STORE_CTX *context)
{
    X509_POLICY_TREE *tree = X509_STORE_CTX_get0_policy_tree(context);
    STACK_OF(X509_POLICY_NODE) *nodes = tree ? X509_policy_tree_get0_user_policies(tree) : NULL;
    for (int i = 0; i < sk_X509_POLICY_NODE_num(nodes); i++) {
        char text[128];
        const ASN1_OBJECT *policy = X509_policy_node_get0_policy(sk_X509_POLICY_NODE_value(nodes, i));
        OBJ_obj2txt(text, sizeof text, policy, 1);
        printf("%s%s", i ? "," : "", text);
    }
}

static void print_path(X509_STORE_CTX *context)
{
    STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
    for (int i = 0; i < sk_X509_num(path); i++)
        printf("%s%ld", i ? "," : "", ASN1_INTEGER_get(X509_get0_serialNumber(sk_X509_value(path, i))));
}

static void answer(char **fields)
{
    STACK_OF(X509) *path = certificates(fields[PATH]), *heap = certificates(fields[HEAP]);
    STACK_OF(X509) *anchors = certificates(fields[ANCHORS]);
    STACK_OF(X509_CRL) *crls = lists(fields[CRLS]);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    for (int i = 0; i < sk_X509_num(anchors); i++)
        X509_STORE_add_cert(store, sk_X509_value(anchors, i));
    for (int i = sk_X509_num(path) - 1; i > 0; i--) {
        X509_up_ref(sk_X509_value(path, i));
        sk_X509_unshift(heap, sk_X509_value(path, i));
    }
    X509_STORE_CTX_init(context, store, sk_X509_value(path, 0), heap);
    X509_STORE_CTX_set0_crls(context, crls);
    X509_STORE_CTX_set_verify_cb(context, pass_over_the_anchor);
    set(context, fields);
    if (X509_verify_cert(context) == 1) {
        printf("valid\t");
        print_policies(context);
        printf("\t");
        print_path(context);
        printf("\n");
    } else {
        int error = X509_STORE_CTX_get_error(context);
        printf("invalid\t%d at %d: %s\n", error, X509_STORE_CTX_get_error_depth(context),
            X509_verify_cert_error_string(error));
    }
    ERR_clear_error();
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_pop_free(path, X509_free);
    sk_X509_pop_free(heap, X509_free);
    sk_X509_pop_free(anchors, X509_free);
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
        line[length - 1] = '\0';
        char *fields[FIELDS], *rest = line;
        for (int i = 0; i < FIELDS; i++)
            if ((fields[i] = strsep(&rest, "\t")) == NULL)
                return 2;
        answer(fields);
        fflush(stdout);
    }
    return 0;
}
