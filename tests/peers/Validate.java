import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.PolicyNode;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.cert.X509CertSelector;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges certification paths by the PKIX validator of one provider, with an explicit policy required.
 *
 * <p>Arguments: the provider ({@code SUN} or {@code BC}), the folder of the files, and a file of cases, one a line:
 * name, policy, anchor, path (leaf first, without the anchor) and CRLs, parted by tabs; lists by commas; no CRLs is no
 * look at revocation. Prints for each case its name, {@code accepted} and the policies in the anchor's domain, or
 * {@code refused}, the validator's reason and its message.
 */
public final class Validate {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final String provider;
    private final CertificateFactory factory;
    private final Path folder;

    private Validate(String provider, Path folder) throws Exception {
        this.provider = provider;
        this.factory = CertificateFactory.getInstance("X.509", provider);
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("BC")) {
            Class<?> found = Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider");
            Security.addProvider((Provider) found.getDeclaredConstructor().newInstance());
        }
        Validate validate = new Validate(arguments[0], Path.of(arguments[1]));
        for (String line : Files.readAllLines(Path.of(arguments[2]))) {
            String[] fields = line.split("\t", -1);
            System.out.println(fields[0] + "\t" + validate.judge(fields));
        }
    }

    private String judge(String[] fields) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        for (String file : fields[3].split(",")) {
            certificates.add(certificate(file));
        }
        CertPath path = factory.generateCertPath(certificates);
        PKIXParameters parameters = parameters(fields[1], fields[2], fields[4]);
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX", provider);
            var result = (PKIXCertPathValidatorResult) validator.validate(path, parameters);
            return "accepted\t" + policies(result.getPolicyTree());
        } catch (CertPathValidatorException refusal) {
            return "refused\t" + refusal.getReason() + ": " + refusal.getMessage().replaceAll("\\s+", " ");
        }
    }

    private PKIXParameters parameters(String policy, String anchor, String crls) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(certificate(anchor), null)));
        parameters.setInitialPolicies(Set.of(policy));
        parameters.setExplicitPolicyRequired(true);
        X509CertSelector leaf = new X509CertSelector();
        leaf.setExtendedKeyUsage(Set.of(CLIENT_AUTH));
        parameters.setTargetCertConstraints(leaf);
        parameters.setRevocationEnabled(!crls.isEmpty());
        if (!crls.isEmpty()) {
            List<X509CRL> lists = new ArrayList<>();
            for (String file : crls.split(",")) {
                lists.add(crl(file));
            }
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        }
        return parameters;
    }

    /** RFC 5280, 6.1.5: the policies of the anchor's domain are those just below the root of the tree. */
    private static String policies(PolicyNode root) {
        Set<String> policies = new TreeSet<>();
        if (root != null) {
            for (Iterator<? extends PolicyNode> below = root.getChildren(); below.hasNext();) {
                policies.add(below.next().getValidPolicy());
            }
        }
        return String.join(",", policies);
    }

    private X509Certificate certificate(String file) throws Exception {
        try (InputStream in = new FileInputStream(folder.resolve(file).toFile())) {
            return (X509Certificate) factory.generateCertificate(in);
        }
    }

    private X509CRL crl(String file) throws Exception {
        try (InputStream in = new FileInputStream(folder.resolve(file).toFile())) {
            return (X509CRL) factory.generateCRL(in);
        }
    }
}
