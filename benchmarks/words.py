"""The words of the synthetic city's titles, summaries and addresses; written for it, nobody's data."""


def _words(text: str) -> list[str]:
    """Words with commas between them, over several lines."""
    return [word.strip() for word in text.split(",")]


THINGS = _words(
    """
    giardino, cortile, orto, piazza, biblioteca, palestra, teatro, mercato, bottega, laboratorio,
    ciclofficina, murale, fontana, portico, lavatoio, cascina, officina, deposito, magazzino, capannone,
    ludoteca, emporio, mensa, forno, sartoria, falegnameria, serra, pergola, aiuola, viale, sottopasso,
    passerella, cavalcavia, torre, ciminiera, fabbrica, cinema, bocciofila, circolo, oratorio, asilo,
    scuola, doposcuola, ambulatorio, consultorio, sportello, portineria, lavanderia, stenditoio,
    terrazza, tetto, cantina, rifugio, bagno, chiosco, edicola, panchina, campo, pista, sentiero,
    argine, molo, frutteto, vigneto, apiario, compostiera, casetta, tenda, palco, coro, banda, radio,
    archivio, museo, atelier, mosaico, meridiana, mulino, ghiacciaia, stazione, tettoia, rimessa,
    scalinata, belvedere, boschetto, prato, stagno
    """
)

QUALITIES = _words(
    """
    comune, sociale, solidale, condiviso, urbano, abbandonato, nuovo, vecchio, aperto, chiuso, civico,
    popolare, recuperato, dismesso, rinato, nascosto, grande, piccolo, storico, moderno, verde, azzurro,
    rosso, giallo, silenzioso, vivace, ombroso, assolato, partecipato, accessibile, inclusivo,
    multietnico, itinerante, temporaneo, stabile, spontaneo, autogestito, comunale, rionale, collettivo,
    sperimentale, ecologico, rigenerato, murato, allagato, transennato, fiorito, spoglio, alberato,
    lastricato, sterrato, coperto, panoramico, sotterraneo, galleggiante, notturno, mattutino, festivo,
    quotidiano
    """
)

QUARTERS = _words(
    """
    Borgo Alto, Borgo Basso, Porta Nuova, Porta Vecchia, Campo Grande, Campo dei Mulini, Le Fornaci, Le
    Vigne, La Rotonda, Il Bastione, San Rocco, Santa Chiara, Pozzo Antico, Ponte Rotto, Prati di Sopra,
    Prati di Sotto, Mezzaluna, La Ghiara, Tre Noci, Olmo Secco, Cascine Nuove, Terre Rosse, Valle
    Chiara, Riva Lunga, Isola Bella, Monte Sereno, Fonte Fredda, Roccia Bianca, Mulino Vecchio, Gelso
    Nero, Canale Morto, Ferriere, Concerie, Barriera del Dazio, Officine Alte, Scalo Merci, Gasometro,
    Quadrilatero, Crocevia, Ospedale Vecchio, Caserma, Belvedere, Colle Verde, Rivoltella, Sassuolo
    Basso, Pian del Lino, Lungofiume, Confluenza, Boschetto, Villanuova
    """
)

PURPOSES = _words(
    """
    curato dagli abitanti, affidato a un patto di collaborazione, in attesa di una proposta, usato dalle
    scuole, aperto il sabato, chiuso da anni, restaurato con i vicini, gestito da una cooperativa,
    dedicato ai bambini, pensato per gli anziani, per imparare un mestiere, per chi cerca lavoro, con
    corsi di lingua, con prestito di attrezzi, con cene di strada, con musica dal vivo, con banca del
    tempo, per riparare biciclette, per coltivare insieme, per far incontrare le culture, da ripensare
    con il quartiere, in cerca di volontari, con giochi e panchine nuove, con uno sportello di ascolto,
    per il riuso dei materiali, con letture ad alta voce, per chi abita da solo, con un forno di
    comunità, in vendita all'asta, occupato da rifiuti
    """
)

STREETS = _words(
    """
    via, via, via, via, via, corso, corso, piazza, largo, vicolo, viale, strada, lungofiume
    """
)

SYLLABLES = _words(
    """
    ba, be, bi, bo, bra, bri, ca, ce, chi, co, cra, da, de, di, do, dra, fa, fe, fi, fo, fra, ga, ge,
    ghi, gia, gio, gra, la, le, li, lo, lu, ma, me, mi, mo, na, ne, ni, no, pa, pe, pi, po, pra, ra, re,
    ri, ro, sa, sca, se, si, so, spe, sta, ste, stra, ta, te, ti, to, tra, va, ve, vi, vo, za, zi
    """
)

ENDINGS = _words(
    """
    ri, ni, li, tti, lli, sso, ndi, ghi, rdi, nti, cci, ro, na, ne, ta, lla, sca, ssi, zzi, reto, gnani,
    vani, relli, betti
    """
)
