"""What the API's description says of addresses and parameters, in Italian; English stands beside them."""

SUMMARIES = {
    "landing": "La pagina iniziale: che cosa c’è e dove.",
    "conformance": "Le classi degli standard che l’API rispetta.",
    "functions": "Le funzioni che un filtro può usare.",
    "api": "Questa descrizione.",
    "collections": "Le collezioni che ci sono.",
}
PARAMETERS = {
    "city": "La città, dove il server ne ha più d’una: la sua parola negli indirizzi.",
    "bbox": "Solo gli elementi che toccano questo riquadro: ovest, sud, est, nord, nell’ordine degli assi di "
    "`bbox-crs`; con le quote, sei numeri.",
    "bbox-crs": "Il sistema di `bbox`, uno dei `crs` della collezione; CRS84 se manca.",
    "crs": "Il sistema della risposta, uno dei `crs` della collezione; CRS84 se manca.",
    "datetime": "Solo ciò che è vero in un momento (`2019-06-01T12:00:00Z`), in un giorno (`2019-06-01`, in "
    "UTC) o durante un intervallo (`2019-01-01/2019-12-31`, `2019-01-01/..`). Le aree non hanno un tempo.",
    "confirmed_since": "Solo i luoghi di cui qualcuno, in questo giorno (`2025-11-22`, in UTC), in questo "
    "momento o dopo, ha detto che sono come descritti.",
    "limit": "Quanti elementi può avere una pagina. Chi ne chiede più di 10.000 ne riceve 10.000.",
    "offset": "Quanti elementi saltare. Per leggere oltre, segui i link `next`: costano lo stesso a "
    "ogni pagina.",
    "after": "Dove inizia la pagina, come lo scrive il link `next` della pagina precedente.",
    "sortby": "Le proprietà secondo cui ordinare, con `-` davanti se decrescenti; ciò che non ha valore è "
    "ultimo.",
    "properties": "Le proprietà che gli elementi devono portare; tutte se manca.",
    "filter": "Una condizione sulle proprietà di `/queryables`, in CQL2.",
    "filter-lang": "La lingua di `filter`: testo, o JSON (che si riconosce anche dalla graffa iniziale).",
    "filter-crs": "Il sistema delle geometrie in `filter`; CRS84 se manca.",
    "kind": "Solo i luoghi di questi tipi.",
    "status": "Solo i luoghi con questi stati.",
    "q": "Solo i luoghi con queste parole, o parole simili.",
    "f": "La forma della risposta, prima dell’intestazione `Accept`.",
    "lang": "La lingua dei testi, prima dell’intestazione `Accept-Language`.",
}
WRITING = {
    "create": "Aggiungere un luogo; con un identificativo proprio (UUIDv7), due invii fanno un solo luogo.",
    "replace": "Mettere un elemento al posto di quello che c’è.",
    "update": "Cambiare una parte di ciò che è scritto di un luogo (JSON Merge Patch).",
    "delete": "Togliere un luogo dalla mappa.",
    "contribution": "Che cosa è stato di un contributo che attende una revisione.",
    "Content-Crs": "Il sistema della geometria inviata, uno dei `crs` della collezione; CRS84 se manca.",
    "If-Match": "L’`ETag` della versione che chi scrive ha visto. Se manca, la risposta è 428; se è un "
    "altro, 412.",
    "If-None-Match": "`*`: non deve esserci ancora nessun luogo così, e viene creato.",
    "Idempotency-Key": "Un testo proprio per questa richiesta: inviata di nuovo entro un giorno, agisce una "
    "volta.",
    "Written": "È stato fatto. `ETag` è quello della nuova versione.",
    "Waiting": "È stato ricevuto e prima qualcuno lo guarda; `Location` dice che cosa ne sarà.",
    "SignIn": "Manca il token, oppure non è conosciuto, è scaduto o è stato ritirato.",
    "Forbidden": "Al token, o alla sua persona, non è consentito.",
    "Conflict": "L’identificativo è di un altro luogo, oppure la chiave è in uso in questo momento.",
    "Outdated": "Il luogo non è come chi scrive l’ha visto; nulla è stato modificato.",
    "TooLarge": "Il corpo è troppo grande.",
    "WrongMedia": "Il corpo è di un tipo che qui non viene letto.",
    "Invalid": "Un campo non rispetta una regola; `errors` li nomina tutti.",
    "ConditionNeeded": "La richiesta non dice quale versione chi scrive ha visto.",
    "TooMany": "Questa persona ha scritto troppo spesso; `Retry-After` dice quando tornare.",
}
