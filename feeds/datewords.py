# ruff: noqa: RUF001 -- words of other languages, in their own alphabets
"""Words in dates: what months are called abroad, what may be left out, where zones lie."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ABROAD = {
    "jan": """
        janv januar jänner jaenner janvier enero gennaio janeiro januari stycznia
        styczeń января leden ledna ocak ιανουαρίου ιαν january gen ene gener
        sty led
        янв січня січ студзеня януари јануара yanvar yanv ianuarie ian január januára januar
        siječnja sausio janvāris janvārī jaanuar tammikuuta tammikuu ינואר בינואר يناير
        იანვარი հունվար հունվարի
    """,
    "feb": """
        februar feber févr février fevrier fév febrero febbraio fevereiro februari
        lutego luty февраля únor února şubat φεβρουαρίου φεβ fev febrer úno
        фев лютого лют лютага февруари фебруара fevral fev februarie február februára
        veljače vasario februāris februārī veebruar helmikuuta helmikuu פברואר בפברואר فبراير
        თებერვალი փետրվար փետրվարի
    """,
    "mar": """
        märz maerz mrz mär mars marzo março marco maart marca marzec марта březen març bře
        мар березня бер сакавіка март mart martie március marec ožujka kovo marts märts
        maaliskuuta maaliskuu מרץ במרץ مارس მარტი մարտ մարտի
        března mart μαρτίου μαρ mrt
    """,
    "apr": """
        avril abril aprile april kwietnia kwiecień апреля duben dubna nisan απριλίου
        kwi dub апр квітня кві красавіка април aprel aprilie április apríl apríla travnja balandžio
        aprīlis aprīlī aprill huhtikuuta huhtikuu אפריל באפריל أبريل აპრილი ապրիլ ապրիլի
        απρ avr abr
    """,
    "may": """
        mai mayo maggio maio mei maja maj мая květen května mayıs μαΐου μαϊ mag maig
        kvě май травня трав траўня мај máj mája május svibnja gegužės maijs maijā toukokuuta
        toukokuu מאי במאי مايو მაისი մայիս մայիսի
    """,
    "jun": """
        juni juin junio giugno junho czerwca czerwiec июня červen června haziran juny
        cze čvn июн червня чер чэрвеня юни јуна iyun iunie június jún júna lipnja birželio jūnijs
        jūnijā juuni kesäkuuta kesäkuu יוני ביוני يونيو ივნისი հունիս հունիսի
        ιουνίου ιουν giu
    """,
    "jul": """
        juli juill juillet julio luglio julho lipca lipiec июля červenec července juliol
        čvc июл липня лип ліпеня юли јула iyul iulie július júl júla srpnja liepos jūlijs jūlijā
        juuli heinäkuuta heinäkuu יולי ביולי يوليو ივლისი հուլիս հուլիսի
        temmuz ιουλίου ιουλ juil lug
    """,
    "aug": """
        august août aout agosto augustus augusti sierpnia sierpień августа srpen srpna agost
        sie srp авг серпня сер жніўня август avqust augusztus augusta kolovoza rugpjūčio augusts
        augustā elokuuta elokuu אוגוסט באוגוסט أغسطس აგვისტო օգոստոս օգոստոսի agustus
        ağustos αυγούστου αυγ ago aoû
    """,
    "sep": """
        september septembre septiembre settembre setembro września wrzesień сентября setembre
        wrz zář сен сент вересня вер верасня септември септембра sentyabr septembrie szeptember
        septembra rujna rugsėjo septembris septembrī syyskuuta syyskuu ספטמבר בספטמבר سبتمبر
        სექტემბერი սեպտեմբեր սեպտեմբերի
        září eylül σεπτεμβρίου σεπ set sept
    """,
    "oct": """
        oktober octobre octubre ottobre outubro października październik октября říjen
        paź říj окт жовтня жов кастрычніка октомври октобра oktyabr octombrie október októbra
        spalio oktobris oktobrī oktoober lokakuuta lokakuu אוקטובר באוקטובר أكتوبر
        ოქტომბერი հոկտեմբեր հոկտեմբերի
        října ekim οκτωβρίου οκτ okt out ott
    """,
    "nov": """
        november novembre noviembre novembro listopada listopad ноября listopadu kasım
        lis ноя лістапада листопада лис ноември новембра noyabr noiembrie novembra studenoga
        lapkričio novembris novembrī marraskuuta marraskuu נובמבר בנובמבר نوفمبر ნოემბერი նոյեմբեր
        նոյեմբերի
        νοεμβρίου νοε
    """,
    "dec": """
        dezember décembre decembre diciembre dicembre dezembro december grudnia desembre
        gru дек снежня грудня гру декември децембра dekabr decembrie decembra gruodžio decembris
        decembrī detsember joulukuuta joulukuu דצמבר בדצמבר ديسمبر დეკემბერი դեկտեմբեր
        դեկտեմբերի desember
        grudzień декабря prosinec prosince aralık δεκεμβρίου δεκ dez déc dic
    """,
}
ENGLISH = {word: month for month, words in _ABROAD.items() for word in words.split()}

_NOT_NEEDED = """
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim
    lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
    segunda terça quarta quinta sexta seg ter qua qui sex
    lunedì martedì mercoledì giovedì venerdì sabato domenica gio sab
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
    poniedziałek wtorek środa czwartek piątek sobota niedziela
    pazartesi salı çarşamba perşembe cuma cumartesi pazar bazar ertəsi çərşənbə axşamı cümə
    luni marți miercuri joi vineri sâmbătă duminică hétfő kedd szerda csütörtök péntek szombat
    понеділок вівторок середа четвер п'ятниця субота неділя понеделник вторник сряда четвъртък
    петък събота неделя δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή
    måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai
    de del le den der um uhr à às at o kl г klo la v ve ore alle ob og року р m d gada val kell
"""
FILLER = frozenset(_NOT_NEEDED.split())  # weekdays, articles, prepositions

# Minutes east of Greenwich; of two zones with one name the one more feeds come from.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "ist": 330,
    "cet": 60, "mez": 60, "met": 60, "cest": 120, "mesz": 120, "mest": 120, "eet": 120,
    "sast": 120, "cat": 120, "eest": 180, "msk": 180, "eat": 180, "trt": 180, "gst": 240,
    "pkt": 300, "wib": 420, "ict": 420, "hkt": 480, "sgt": 480, "awst": 480, "pht": 480,
    "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "brt": -180, "art": -180,
    "clt": -240, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
}  # fmt: skip
