import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathParameters;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.jcajce.PKIXExtendedParameters;

/**
 * Judges a leaf below an anchor by CRLs, by the PKIX validator of one provider, with delta CRLs where it can.
 *
 * <p>Arguments: the provider ({@code SUN} or {@code BC}), and a file of cases, one a line, parted by tabs: the folder, the
 * time in seconds, the CRLs' files, parted by commas. In the folder are {@code ca.pem}, {@code issuer.pem} (of the CRLs)
 * and {@code leaf.pem}. Prints for each {@code accepted}, or {@code refused} with why.
 */
public final class Revocation {
    public static void main(String[] arguments) throws Exception {
        Class<?> found = Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider");
        Security.addProvider((Provider) found.getDeclaredConstructor().newInstance());
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            String[] fields = line.split("\t", -1);
            System.out.println(judge(arguments[0], Path.of(fields[0]), Long.parseLong(fields[1]), fields[2].split(",")));
        }
    }

    private static String judge(String provider, Path folder, long seconds, String[] lists) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", provider);
        List<Object> heap = new ArrayList<>();
        heap.add(certificate(factory, folder.resolve("issuer.pem")));
        for (String list : lists) {
            try (InputStream in = new FileInputStream(folder.resolve(list).toFile())) {
                heap.add(factory.generateCRL(in));
            }
        }
        TrustAnchor anchor = new TrustAnchor(certificate(factory, folder.resolve("ca.pem")), null);
        PKIXParameters plain = new PKIXParameters(Set.of(anchor));
        plain.setDate(new Date(seconds * 1000));
        plain.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(heap)));
        CertPathParameters parameters = plain;
        if (provider.equals("BC")) {
            parameters = new PKIXExtendedParameters.Builder(plain).setUseDeltasEnabled(true).build();
        }
        CertPath path = factory.generateCertPath(List.of(certificate(factory, folder.resolve("leaf.pem"))));
        try {
            CertPathValidator.getInstance("PKIX", provider).validate(path, parameters);
            return "accepted";
        } catch (CertPathValidatorException refusal) {
            return "refused " + refusal.getReason() + ": " + refusal.getMessage().replaceAll("\\s+", " ");
        }
    }

    private static X509Certificate certificate(CertificateFactory factory, Path file) throws Exception {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return (X509Certificate) factory.generateCertificate(in);
        }
    }
}
