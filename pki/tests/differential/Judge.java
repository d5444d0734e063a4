import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderResult;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PolicyNode;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges certificates by the JDK's PKIX: a question a line on standard input, an answer a line on standard output. What
 * stands in them is said in {@code judge.c}.
 */
public final class Judge {
    private static final int MODE = 0;
    private static final int TIME = 1;
    private static final int FLAGS = 2;
    private static final int POLICIES = 3;
    private static final int PATH = 4;
    private static final int HEAP = 5;
    private static final int ANCHORS = 6;
    private static final int CRLS = 7;

    private static final String ANY_POLICY = "2.5.29.32.0";

    private final CertificateFactory factory = CertificateFactory.getInstance("X.509");
    private final String[] fields;

    private Judge(String line) throws GeneralSecurityException {
        fields = line.split("\t", -1);
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.println(new Judge(line).answer().replaceAll("[\\r\\n]+", " "));
        }
    }

    private String answer() {
        try {
            List<X509Certificate> path = certificates(PATH);
            return fields[MODE].equals("find") ? find(path.get(0)) : judge(path);
        } catch (CertPathValidatorException refusal) {
            return "invalid\t" + refusal.getReason() + " at " + refusal.getIndex() + ": " + refusal.getMessage();
        } catch (GeneralSecurityException | RuntimeException | StackOverflowError refusal) {
            return "invalid\t" + refusal;
        }
    }

    private String find(X509Certificate leaf) throws GeneralSecurityException {
        CertPathBuilderResult result = CertPathBuilder.getInstance("PKIX").build(parameters(leaf));
        return valid(result.getCertPath(), (PKIXCertPathValidatorResult) result);
    }

    private String judge(List<X509Certificate> certificates) throws GeneralSecurityException {
        CertPath path = factory.generateCertPath(certificates);
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        return valid(path, (PKIXCertPathValidatorResult) validator.validate(path, parameters(certificates.get(0))));
    }

    private static String valid(CertPath path, PKIXCertPathValidatorResult result) {
        Set<String> policies = new TreeSet<>();
        if (result.getPolicyTree() != null) {
            collect(result.getPolicyTree(), policies);
        }
        List<String> serials = new ArrayList<>();
        for (Certificate one : path.getCertificates()) {
            serials.add(((X509Certificate) one).getSerialNumber().toString());
        }
        serials.add(result.getTrustAnchor().getTrustedCert().getSerialNumber().toString());
        return "valid\t" + String.join(",", policies) + "\t" + String.join(",", serials);
    }

    private PKIXBuilderParameters parameters(X509Certificate leaf) throws GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate anchor : certificates(ANCHORS)) {
            anchors.add(new TrustAnchor(anchor, null));
        }
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(leaf);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setMaxPathLength(-1);
        parameters.setDate(new Date(Long.parseLong(fields[TIME]) * 1000));
        parameters.setExplicitPolicyRequired(fields[FLAGS].contains("e"));
        parameters.setPolicyMappingInhibited(fields[FLAGS].contains("m"));
        parameters.setAnyPolicyInhibited(fields[FLAGS].contains("a"));
        parameters.setRevocationEnabled(fields[FLAGS].contains("r"));
        if (!fields[POLICIES].isEmpty()) {
            parameters.setInitialPolicies(new TreeSet<>(List.of(fields[POLICIES].split(","))));
        }
        List<Object> evidence = new ArrayList<>(certificates(HEAP));
        for (InputStream der : ders(CRLS)) {
            evidence.add(factory.generateCRL(der));
        }
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(evidence)));
        return parameters;
    }

    /** RFC 5280, 6.1.5 (g)(iii)(1): the nodes whose parent is anyPolicy; anyPolicy itself only if it is the last. */
    private static void collect(PolicyNode node, Set<String> found) {
        for (Iterator<? extends PolicyNode> below = node.getChildren(); below.hasNext();) {
            PolicyNode child = below.next();
            if (node.getValidPolicy().equals(ANY_POLICY)) {
                boolean isAny = child.getValidPolicy().equals(ANY_POLICY);
                if (!isAny || !child.getChildren().hasNext()) {
                    found.add(child.getValidPolicy());
                }
                if (isAny) {
                    collect(child, found);
                }
            }
        }
    }

    private List<X509Certificate> certificates(int field) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        for (InputStream der : ders(field)) {
            found.add((X509Certificate) factory.generateCertificate(der));
        }
        return found;
    }

    private List<InputStream> ders(int field) {
        List<InputStream> found = new ArrayList<>();
        for (String hex : fields[field].isEmpty() ? new String[0] : fields[field].split(",")) {
            found.add(new ByteArrayInputStream(HexFormat.of().parseHex(hex)));
        }
        return found;
    }
}
