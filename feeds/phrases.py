# ruff: noqa: RUF001, E501 -- words of other languages, in their own alphabets, a pattern a line
"""What publishers write over links to their other articles, in the languages papers are read in.

One pattern a line, for the whole of a heading or of a paragraph's first words, in lower case.
A phrase that could as well begin a sentence ("More on the floods: …") counts only where links
and nothing else follow it.
"""

RELATED = """
related(?: (?:posts?|articles?|stor(?:y|ies)|news|content|links?|reading|coverage|topics?|videos?))?
related (?:to this|from .{1,40}|pages?|entries|items|reports?|products?)
see also
see more
also see
read also
also read
also on .{1,40}
read more(?: (?:on|about|from|in|of|at|by) .{1,60})?
read next
more (?:on|from|about) .{1,60}
more (?:stories|news|articles|reading|coverage|posts|like this|to read)(?: .{1,40})?
further (?:reading|information)
recommended(?: (?:reading|articles|stories|posts|for you|links))?
suggested (?:reading|articles|posts)
similar (?:posts|articles|stories|entries)
you (?:may|might|could)(?: also)? (?:like|enjoy|be interested in)(?:.{0,20})
you'll also like
don[’']t miss(?: .{1,30})?
in case you missed it
previously(?: on .{1,40})?
other (?:stories|news|articles|posts)(?: .{1,30})?
(?:latest|recent|popular|top|most read|trending) (?:stories|posts|news|articles)
dig deeper
possibly related posts.{0,40}
(?:à )?lire (?:aussi|également|ensuite|la suite)
à lire
voir aussi
(?:à )?voir (?:aussi|également)
sur le même (?:sujet|thème)
dans la même rubrique
articles? (?:similaires?|liés?|connexes?|associés?|en relation|recommandés?)
(?:pour )?aller plus loin
en savoir plus.{0,40}
lesen sie (?:auch|mehr|dazu|hier|weiter).{0,40}
lies auch
mehr (?:zum thema|dazu|lesen|zu .{1,40}|über .{1,40}|von .{1,40}|aus .{1,40})
zum thema.{0,20}
siehe auch
auch (?:interessant|lesenswert)
(?:ähnliche|verwandte|weitere|passende) (?:artikel|beiträge|themen|nachrichten|meldungen|links|posts).{0,30}
das könnte (?:sie|dich|euch) (?:auch )?interessieren
weiterführende (?:links|informationen)
(?:artículos?|noticias?|entradas?|notas?|temas?|contenidos?|posts?) relacionad[oa]s?
(?:lea|leer|lee|ver|vea|véase) también
te pued(?:e|en) interesar
(?:también )?te puede interesar
más (?:sobre .{1,40}|noticias|información|en .{1,40})
(?:leia|veja|confira|saiba) (?:também|mais).{0,30}
(?:artigos?|notícias?|matérias?|conteúdos?|posts?) relacionad[oa]s?
leggi (?:anche|pure)
articoli? correlat[io]
vedi anche
pot(?:rebbe|rebbero) interessart[ie](?: anche)?
per (?:approfondire|saperne di più)
lees (?:ook|meer|verder).{0,30}
gerelateerde? (?:artikelen|berichten|nieuws|links|onderwerpen)
zie ook
meer (?:over|nieuws|lezen) ?.{0,40}
(?:czytaj|zobacz|przeczytaj|sprawdź) (?:też|także|również|więcej)
powiązane(?: .{1,20})?
podobne (?:artykuły|wpisy)
(?:читайте|смотрите|читать|см\\.) (?:также|ещё|еще|по теме)
по теме
также по теме
материалы по теме
(?:похожие|связанные) (?:статьи|записи|новости|посты|материалы)
другие (?:новости|статьи|материалы)
(?:читайте|дивіться|див\\.) (?:також|теж)
за темою
(?:схожі|пов[’']язані) (?:статті|записи|новини|матеріали)
чытайце таксама
oxucuların seçimi
həmçinin (?:oxuyun|bax(?:ın)?)
bunu da oxuyun
(?:oxşar|əlaqəli|digər) (?:xəbərlər|yazılar|məqalələr)
mövzu ilə bağlı
ilgili (?:haberler|yazılar|içerikler|konular)
(?:benzer|diğer) (?:haberler|yazılar|içerikler)
ayrıca (?:bakınız|bkz|okuyun)
bunlar da ilginizi çekebilir
(?:citește|citeşte|vezi|citiți|citiţi) (?:și|şi|mai mult)
articole (?:similare|asemănătoare|recomandate)
(?:вижте|прочетете|още) (?:също|още|по темата)
(?:čtěte|přečtěte si|viz) (?:také|též|dále|více|i)
související(?: články)?
(?:čítajte|prečítajte si|pozri) (?:aj|tiež|viac)
súvisiace(?: články)?
(?:pročitajte|pročitaj|preberite|vidi|čitajte) (?:i|još|također|tudi|takođe)
(?:прочитајте|читајте) (?:и|још|такође)
kapcsolódó(?: (?:cikkek|cikkeink|tartalom|hírek))?
(?:olvassa|olvasd) el.{0,20}
läs (?:också|även|mer).{0,30}
relaterat
relaterade (?:artiklar|inlägg|nyheter)
læs også
relaterede artikler
les også
relaterte (?:artikler|saker)
lue (?:myös|lisää)
aiheeseen liittyvää
loe (?:ka|lisaks|veel)
lasi arī
skaitykite (?:taip pat|daugiau)
(?:διαβάστε|δείτε) (?:επίσης|ακόμη|ακόμα|περισσότερα)
σχετικά(?: (?:άρθρα|νέα|θέματα))?
ასევე (?:წაიკითხეთ|იხილეთ|ნახეთ)
մսանաեւ|կարդացեք (?:նաև|նաեւ)
اقرأ (?:أيضا|أيضاً|ايضا|المزيد)
(?:مواضيع|أخبار|مقالات) ذات صلة
شاهد (?:أيضا|أيضاً)
قراءة المزيد
بیشتر بخوانید
(?:מאמרים|כתבות) (?:קשורות|קשורים|נוספות)
קראו (?:גם|עוד)
関連(?:記事|ニュース|リンク|エントリー?|する記事)
あわせて読みたい
こちらも(?:おすすめ|どうぞ)
(?:相关|相關|延伸|推荐|推薦)(?:文章|阅读|閱讀|新闻|新聞|报道|報導|日志|链接)
更多(?:文章|相关|阅读).{0,10}
관련 ?(?:기사|글|뉴스|포스트)
함께 ?(?:읽|보)(?:으면|을|기).{0,20}
xem thêm
(?:bài|tin) (?:viết )?liên quan
baca juga
(?:artikel|berita) terkait
"""

# The whole text of a link that leads on to the rest of the very article.
GO_ON = """
continue reading.{0,200}
(?:click here (?:to|for) )?(?:to )?read (?:more|on|(?:the )?(?:rest|full|whole|entire|complete).{0,60}).{0,20}
(?:click )?(?:here )?(?:to )?(?:keep|go on) reading.{0,40}
read it all|read full article|full (?:story|article|text|post)|more
view (?:the )?(?:full|original|entire|rest of).{0,40}
weiterlesen.{0,80}|mehr lesen|weiter|ganzen artikel lesen|vollständigen artikel.{0,40}
(?:lire|voir) (?:la suite|l[’']article|plus).{0,80}
(?:seguir|continuar) leyendo.{0,80}|leer (?:más|el artículo).{0,40}|ver más
(?:continua|continuare) a leggere.{0,80}|leggi (?:tutto|l[’']articolo|di più|la notizia).{0,40}|continua
(?:ler|leia|continue|continuar) (?:mais|a ler|lendo|a leitura).{0,80}|continuar lendo.{0,80}
(?:lees|verder) (?:meer|verder|lezen).{0,80}
(?:czytaj|przeczytaj) (?:dalej|więcej|całość).{0,40}
(?:читать|читайте) (?:далее|дальше|полностью|ещё|еще|больше|дал[іi]).{0,40}|подробнее|далее|докладніше
ardını oxu|davamı|ətraflı|daha ətraflı|devamını oku|devamı
(?:citește|citeşte) (?:mai mult|mai departe|continuarea|tot articolul).{0,40}|continuă lectura.{0,40}
(?:číst|celý) (?:dál|dále|více|článek).{0,30}|čítať (?:ďalej|viac)|tovább(?: olvasom)?.{0,20}
läs (?:mer|vidare|hela).{0,40}|læs (?:mere|videre|hele).{0,40}|les (?:mer|videre|hele).{0,40}|lue (?:lisää|koko).{0,30}
(?:διαβάστε|συνέχεια) (?:περισσότερα|ανάγνωσης|ανάγνωση|τη συνέχεια).{0,40}
続きを(?:読む|見る|よむ)|もっと(?:読む|見る)
(?:阅读|閱讀|继续|繼續)(?:全文|更多|阅读|閱讀)|(?:查看|显示)(?:全文|更多)
더 ?(?:보기|읽기)|계속 ?읽기|اقرأ المزيد|המשך לקרוא|קרא עוד
"""

# A paragraph that says where it was printed first, as WordPress adds it.
FIRST_ON = """
(?:the )?(?:post|article|story|entry) .{0,300}(?:appeared first|first appeared|was first published|originally appeared) (?:on|at|in) .{1,120}
(?:this|the) (?:article|post|story|entry) (?:was )?(?:originally|first) (?:published|appeared|posted) (?:on|at|by|in) .{1,120}
(?:filed under|tagged|posted in|categories|tags): .{1,300}
l[’']article .{0,300}est apparu en premier sur .{1,120}
(?:der )?beitrag .{0,300}erschien zuerst auf .{1,120}
la entrada .{0,300}(?:se publicó primero en|aparece primero en|apareció primero en) .{1,120}
(?:o )?(?:post|conteúdo|artigo) .{0,300}apareceu primeiro em .{1,120}
l[’']articolo .{0,300}(?:proviene da|sembra essere il primo su|è stato pubblicato.{0,20} su) .{1,120}
het (?:bericht|artikel) .{0,300}verscheen (?:eerst|als eerste) op .{1,120}
(?:artykuł|wpis) .{0,300}pochodzi z serwisu .{1,120}
(?:сообщение|запись|публикация) .{0,300}(?:появились сначала на|появилась сначала на|впервые появилась|сначала появилась на) .{1,120}
.{0,300}з[’']явився спочатку на .{1,120}
inlägget .{0,300}dök först upp på .{1,120}
(?:innlegget|indlægget) .{0,300}(?:dukket først opp på|blev først udgivet på) .{1,120}
artikkeli .{0,300}julkaistiin ensimmäisen kerran .{1,120}
(?:articolul|postarea) .{0,300}apare prima dată (?:în|pe) .{1,120}
(?:příspěvek|příspevok|článok) .{0,300}(?:pochází z|zobrazil najskôr) .{1,120}
(?:a|az) .{0,300}bejegyzés először .{1,120} jelent meg
.{0,300}(?:yazısı|gönderisi) ilk önce .{1,120} üzerinde ortaya çıktı
το άρθρο .{0,300}εμφανίστηκε πρώτα στο .{1,120}
"""

# Of each of these one word that no such paragraph lacks.
FIRST_SIGNS = """
first originally filed tagged posted categories tags premier zuerst primero primeiro proviene primo
pubblicato verscheen serwisu сначала впервые спочатку först først ensimmäisen prima pochází najskôr
először önce πρώτα
"""

# The same of those that begin with anything.
FIRST_ANYHOW = "спочатку önce"

# The names stylesheets know such blocks by; the last words of a class or an id.
BLOCKS = """
yarpp yarpp-related yarpp-related-rss jp-relatedposts zemanta-related zemanta-related-title
zem_rp zem_rp_wrap wp_rp wp_rp_wrap linkwithin linkwithin_div wumii wumii-hook wumiirelateditems
wumii-related-items crp_related rp4wp-related-posts st-related-posts similar-posts nrelate
related related-posts relatedposts related_posts related-post related-articles relatedarticles
related-article related-content related-links relatedlinks related-stories related-story
related-news related-reading related-coverage more-from read-also readalso read-more-links
see-also seealso lire-aussi leia-mais leiamais leggi-anche mehr-zum-thema lesen-sie-auch
outbrain taboola recirc recirculation
sharedaddy sd-sharing addtoany_share_save_container addtoany_content feedflare shr-publisher
social-share share-buttons sociable ssba wpsocial mc4wp-form newsletter-signup
"""
