"""Words that carry no subject, by language. Data: compact on purpose, IDF does the rest."""
# ruff: noqa: RUF001 (letters of other alphabets that look like Latin ones are the point here)

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    language: _words(words)
    for language, words in {
        "en": """
            a about after again against all also although am among an and any are aren around
            as at be because been before being between both but by can cannot could couldn did
            didn do does doesn doing don down during each either else ever every few for from
            further get gets got had hadn has hasn have haven having he her here hers herself
            him himself his how however i if in into is isn it its itself just least ll may me
            might more most much must my myself neither no nor not now of off on once one only
            onto or other our ours out over own per re said same say says shall she should
            since so some still such than that the their theirs them themselves then there
            these they this those though through throughout to too toward towards under until
            up upon us ve very via was wasn we were weren what when where whether which while
            who whom whose why will with within without would you your yours""",
        "fr": """
            a afin ai alors ainsi au aucun aucune aussi autre autres aux avaient avait avant
            avec avoir c car ce ceci cela celle celles celui ces cet cette ceux chaque chez
            comme comment contre d dans de depuis des deux dont donc du durant elle elles en
            encore entre es est et été étaient était être eu eux fait il ils j je jusqu l la
            là le les leur leurs lors lorsque lui m ma mais me même mes moi moins mon n ne ni
            nos notre nous on ont or ou où par parce pas pendant peu peut plus pour pourquoi
            près qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera ses
            si sien soit son sont sous sur t ta te tes toi ton tous tout toute toutes très
            trop tu un une vers voici voilà vos votre vous y""",
        "de": """
            ab aber alle allem allen aller alles als also am an ander andere anderem anderen
            anderer anderes auch auf aus bei beim bereits bin bis bist da dabei dafür damit
            dann daran darauf darüber das dass dazu dein dem den denen denn der deren des
            dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein
            eine einem einen einer eines er es etwa etwas euch euer für gegen gegenüber gibt
            habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
            ihrer ihres im in indem ins ist ja jede jedem jeden jeder jedes jedoch kann kein
            keine keinem keinen keiner können könnte laut man mehr mein mich mir mit muss
            müssen nach neben nicht nichts noch nun nur ob oder ohne schon sehr sein seine
            seinem seinen seiner seines seit selbst sich sie sind so solche soll sollen sollte
            sondern sonst sowie über um und uns unser unter viel vom von vor während war waren
            warum was weil weiter welche welchem welchen welcher welches wenn wer werde werden
            wie wieder will wir wird wo wollen worden wurde wurden zu zum zur zwar zwischen""",
        "es": """
            a al algo algunas algunos ante antes así aún aunque bajo cada casi como con contra
            cual cuales cualquier cuando cuyo de del desde donde dos durante e el él ella
            ellas ellos en entre era eran es esa esas ese eso esos esta está están estas este
            esto estos fue fueron ha haber había habían hace hacia han hasta hay la las le les
            lo los luego más me mediante mi mientras mis mucho muchos muy nada ni no nos
            nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues
            que qué quien quienes se sea según ser será si sí sido sin sino sobre son su sus
            también tampoco tan tanto te tener tiene tienen todo toda todas todos tras tu u un
            una unas uno unos y ya yo""",
        "it": """
            a abbiamo ad agli ai al alcune alcuni alla alle allo altra altre altri altro anche
            ancora anni avere aveva avevano c che chi ci ciò coi col come con contro così cui
            d da dagli dai dal dalla dalle dallo degli dei del dell della delle dello di dopo
            dove due durante e è ed era erano essere fa fino fra fu gli ha hanno ho i il in io
            l la le lei lo loro lui ma mentre mi mia mio molto ne negli nei nel nella nelle
            nello no noi non nostra nostro o ogni oltre per perché però più poi presso prima
            proprio qua quale quali quando quanto quella quelle quelli quello questa queste
            questi questo qui sarà se sei senza si sia sono sotto stata state stati stato su
            sua sue sugli sui sul sulla sulle suo suoi te ti tra tu tutta tutte tutti tutto un
            una uno verso vi voi""",
        "nl": """
            aan achter al alle alleen als altijd andere anders ben bij binnen daar dan dat de
            deze die dit doch doen door dus echter een eens elk elke en er ge geen geweest
            haar had hadden heb hebben heeft hem het hier hij hoe hun iets ik in is ja je kan
            kon kunnen maar me meer men met mij mijn moet moeten na naar naast niet niets nog
            nu of om omdat onder ons ook op over per reeds sinds te tegen ten ter terwijl
            tijdens toch toen tot tussen u uit uw van vanaf veel volgens voor vooral waar
            waren was wat we wel werd werden wie wij wil worden wordt zal ze zei zelf zich zij
            zijn zo zoals zonder zou zouden""",
        "pl": """
            a aby ale ani bardzo bez bo by być był była było były co czy dla do gdy gdzie go i
            ich ile im innych iż ja jak jako je jednak jego jej jest jeszcze już każdy kiedy
            kto która które którego której który których którzy lub ma mają mi może można my
            na nad nam nas nie nich niej nim niż o od on ona oni oraz po pod podczas ponieważ
            poza przed przez przy się są swój ta tak także tam te tego tej ten też to tu tych
            tylko tym u w we wie więc wszystko z za ze został została zostały że""",
        "pt": """
            a à ainda além ao aos após aquela aquele as às assim até cada com como contra da
            das de dela dele deles depois desde do dos durante e é ela elas ele eles em entre
            era eram essa esse esta está estão este eu foi foram há isso isto já la lhe mais
            mas me mesmo muito na nas não nem no nos nós nossa nosso num numa o onde os ou
            outra outras outro outros para pela pelas pelo pelos perante por porque qual
            quando que quem são se segundo sem ser será seu seus sido sob sobre sua suas
            também tem têm todo todos tudo um uma umas uns você""",
        "ru": """
            а без более будет будут бы был была были было быть в вам вас весь во вот все всё
            всех вы где да даже для до его ее её если есть еще ещё же за и из или им их к как
            когда который которая которые которых кто ли между меня мне может мы на над нам
            нас не него нее нет ни них но ну о об однако он она они оно от по под после при
            про с свои себя со так также там те тем то того тоже той только том ты у уже хотя
            чего чем что чтобы эта эти это этого этой этом этот я""",
    }.items()
}

# Capitalised in the middle of a sentence without naming anybody.
CALENDAR: Final[frozenset[str]] = _words("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december montag dienstag mittwoch donnerstag
    freitag samstag sonntag januar februar märz mai juni juli oktober dezember maandag dinsdag
    woensdag donderdag vrijdag zaterdag zondag
    """)

# What a person is called before the name: "President Vardanyan" and "Ruben Vardanyan" are one man.
TITLES: Final[frozenset[str]] = _words("""
    ambassador captain chairman chairwoman chancellor chief colonel commander defence defense
    deputy foreign former general governor interior judge king leader mayor minister mr mrs ms
    pope premier president prime prince princess prof professor queen representative secretary
    senator sir spokesman spokesperson spokeswoman vice außenminister außenministerin
    bundeskanzler bundeskanzlerin bundespräsident chef general herr frau kanzler kanzlerin
    minister ministerin ministerpräsident ministerpräsidentin präsident präsidentin sprecher
    sprecherin
    """)

# Lower-case words that stand inside a name.
PARTICLES: Final[frozenset[str]] = _words(
    "al bin d da das de del della den der di do dos des du el ibn la las le of the van von y zu"
)

# What stands before a German common noun and hardly ever before a name.
DETERMINERS: Final[frozenset[str]] = _words("""
    alle aller am anderen beide beiden beim das dem den der des die diese diesem diesen dieser
    dieses drei ein eine einem einen einer eines einige ihr ihre ihrem ihren ihrer im ins jede
    jeden jeder kein keine keinen mehr mehrere mehreren neue neuen seine seinem seinen seiner
    unsere viele vielen vier vom weitere weiteren weniger wenige wenigen zahlreiche zum zur
    zwei
    """)
