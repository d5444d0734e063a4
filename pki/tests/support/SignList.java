// Signs trust lists: the JDK's own XML signatures, enveloped, by exclusive canonicalization, with signed properties as
// XAdES has them. Arguments: PKCS12 PASSWORD METHOD DIGEST [IN OUT]…
import java.io.File;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.List;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public class SignList {
    static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(args[0]), args[1].toCharArray());
        PrivateKey key = (PrivateKey) store.getKey(store.aliases().nextElement(), args[1].toCharArray());
        for (int at = 4; at + 1 < args.length; at += 2) {
            Document document = read(args[at]);
            sign(document, key, args[2], args[3]);
            TransformerFactory.newInstance().newTransformer()
                    .transform(new DOMSource(document), new StreamResult(new File(args[at + 1])));
        }
    }

    static Document read(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new File(file));
    }

    static void sign(Document document, PrivateKey key, String method, String digest) throws Exception {
        Element root = document.getDocumentElement();
        // A list that has an Id is signed by it, one without as the document that it is.
        String id = root.getAttribute("Id");
        if (!id.isEmpty()) root.setIdAttribute("Id", true);
        DigestMethod digestMethod = FACTORY.newDigestMethod(digest, null);
        Transform enveloped = FACTORY.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
        Transform exclusive = FACTORY.newTransform(CanonicalizationMethod.EXCLUSIVE,
                new ExcC14NParameterSpec(List.of("xs")));
        Transform plain = FACTORY.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null);
        Reference whole = FACTORY.newReference(id.isEmpty() ? "" : "#" + id, digestMethod,
                List.of(enveloped, exclusive), null, null);
        Reference properties = FACTORY.newReference("#properties", digestMethod, List.of(plain),
                "http://uri.etsi.org/01903#SignedProperties", null);
        SignedInfo info = FACTORY.newSignedInfo(
                FACTORY.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
                FACTORY.newSignatureMethod(method, null), List.of(whole, properties));
        Element signed = document.createElementNS("http://uri.etsi.org/01903/v1.3.2#", "xades:SignedProperties");
        signed.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:xades", signed.getNamespaceURI());
        signed.setAttribute("Id", "properties");
        signed.setIdAttribute("Id", true);
        signed.setTextContent("2026-01-01T00:00:00Z");
        XMLObject object = FACTORY.newXMLObject(List.of(new DOMStructure(signed)), null, null, null);
        DOMSignContext context = new DOMSignContext(key, root);
        context.setDefaultNamespacePrefix("ds");
        FACTORY.newXMLSignature(info, null, List.of(object), null, null).sign(context);
    }
}
