import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An index of one field that finds the documents of given texts, numbers and ObjectIds; any other query scans. (That of
 * mongo-java-server is empty: it would compare every document with every value.)
 */
final class SecondaryIndex extends Index<Integer> {
    private final String field;
    private final Map<KeyValue, Set<Integer>> positions = new HashMap<>();
    private final Map<Object, Integer> positionsById = new HashMap<>();

    SecondaryIndex(String name, List<IndexKey> keys) {
        // To be sparse means that it need not know the position of a document.
        super(name, keys, true);
        field = keys.get(0).getKey();
    }

    @Override
    public synchronized void add(Document document, Integer position, MongoCollection<Integer> collection) {
        positionsById.put(document.get("_id"), position);
        for (KeyValue key : getKeyValues(document)) {
            positions.computeIfAbsent(key, none -> new LinkedHashSet<>()).add(position);
        }
    }

    @Override
    public synchronized Integer remove(Document document) {
        Integer position = positionsById.remove(document.get("_id"));
        for (KeyValue key : getKeyValues(document)) {
            Set<Integer> same = positions.get(key);
            if (same != null && same.remove(position) && same.isEmpty()) {
                positions.remove(key);
            }
        }
        return position;
    }

    @Override
    public void updateInPlace(
        Document oldDocument, Document newDocument, Integer position, MongoCollection<Integer> collection) {
        remove(oldDocument);
        add(newDocument, position, collection);
    }

    @Override
    public boolean canHandle(Document query) {
        return query.keySet().equals(Set.of(field)) && asked(query).stream().allMatch(SecondaryIndex::isPlain);
    }

    @Override
    public synchronized Iterable<Integer> getPositions(Document query) {
        Set<Integer> found = new LinkedHashSet<>();
        for (Object value : asked(query)) {
            found.addAll(positions.getOrDefault(new KeyValue(value).normalized(), Set.of()));
        }
        return found;
    }

    /** The values that a query asks for; itself if it is of another kind. */
    private Collection<?> asked(Document query) {
        Object value = query.get(field);
        if (value instanceof Document condition && condition.keySet().equals(Set.of("$in"))) {
            return (Collection<?>) condition.get("$in");
        }
        return value == null ? List.of(query) : List.of(value);
    }

    private static boolean isPlain(Object value) {
        return value instanceof String || value instanceof Number || value instanceof ObjectId;
    }

    @Override
    public synchronized Integer getPosition(Document document) {
        return positionsById.get(document.get("_id"));
    }

    @Override
    public synchronized long getCount() {
        return positionsById.size();
    }

    @Override
    public long getDataSize() {
        return getCount();
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Integer> collection) {}

    @Override
    public void checkUpdate(Document oldDocument, Document newDocument, MongoCollection<Integer> collection) {}

    @Override
    public void drop() {}
}
