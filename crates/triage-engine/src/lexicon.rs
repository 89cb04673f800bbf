//! The few words the engine knows before it has read a desk's answers. All are in folded form.

/// Words that carry grammar or courtesy, not a topic: they tell the language and weigh little in a match.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    (
        "en",
        "a about after again all also always am an and any anyone are as at be because been before but by can cannot \
         could d did do does doesn doing don down each even every for from get gets getting give go goes going good \
         got had has have having he hello help her here hey hi his how however i if im in into is isn it its ive just \
         keep keeps kind know later let like ll m make makes many may maybe me mine more most much must my need needs \
         never no not now of off ok on once one only or other our out over please possible quite re really regards \
         right s same say says see shall she should since so some someone something still such sure t tell than \
         thank thanks that the their them then there these they thing this those thought through to today told too \
         tried try trying two until up us use using ve very want wants was way we well went were what when where \
         which while who why will wish with won wonder would yes yet you your yours morning dear team cheers \
         yesterday day days week",
    ),
    (
        "es",
        "a ahora al algo alguien alguna alguno algun algunos aqui asi aun aunque ayer ayuda ayudar bien buenas \
         buenos cada casi como con cosa creo cual cuando cuanto de del dar decir dia dias dice dicen donde dos durante \
         e el ella ellos en entonces entre era eres es esa ese eso esos esta estaba estamos estan estar estas este \
         esto estos estoy favor fue gracias ha haber hace hacer hacia hago han hasta hay he hemos hoy hola igual ir \
         la las le les lo los luego manana mas me mi mis mismo mucho muchas muchos muy nada ni no nos nosotros o os \
         otra otro para parece pero podeis poder podria podrian poner por porque porfa pueda puede pueden puedo que \
         quiere quiero quisiera saber saludo saludos se sea segun ser si sido siempre sin sobre sois solo son soy su \
         sus tal tambien tan tanto tarde tardes tener tengo teneis tiene tienen toda todas todavia todo todos tras tu \
         tus un una unas uno unos usted ustedes va vais van veces vez voy vuestra vuestro y ya yo necesito desde \
         semana",
    ),
    (
        "de",
        "aber all alle allem allen alles als also am an auch auf aus bei beim bereits bin bis bitte bitten brauche da \
         dabei dafur damit danach danke dann darf das dass dazu dein dem den denn der des deren die dies diese diesem \
         diesen dieser dieses doch dort du durch ein eine einem einen einer eines einfach er es etwas euch euer eure \
         fur ganz gar geht gehen gern gerne gestern gibt gruss grusse gruß guten gut habe haben habt hallo hat hatte \
         hatten heute hier hilfe ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jeder jede jedes \
         jetzt jemand kann kannst kein keine keinen keiner konnen konnt konnte konnten kommt lassen lasst leider \
         liebe lieber machen mache macht mal man mehr mein meine meinem meinen meiner mich mir mit mochte moglich \
         muss mussen nach nicht nichts noch nun nur ob obwohl oder ohne schon sehr sein seine seit sich sie sind so \
         soll sollte sondern tag tage tagen team trotz trotzdem tun uber um und uns unser unsere unserem unseren \
         unserer unter viel viele vielen vom von vor war warum was weil weiss welche welchem welchen welcher welches \
         wenn wer werde werden wie wieder will wir wird wissen wo worden wollte wurde wurden zu zum zur zwei freundlichen \
         mfg lg woche",
    ),
    (
        "ru",
        "а без более бы был была были было быть в вам вами вас ваш ваша ваше вашего вашей ваши вашу весь во вот все \
         всегда всем всеми всего всех всю вы где да даже для до добрыи день дня если есть еще же за заранее \
         здравствуите здрасте и из или им их к как какая какие какои какую ко когда кому кто куда ли либо лучше меня \
         мне много могу может можно можете мои моего моеи моем моеи мою моя мы на надо нам нас наш наша нашего нашеи \
         наши не него нельзя несколько нет нету ни ниче ничего но ну нужен нужно нужна о об один одна он она они оно \
         от очень по под подскажите пожалуиста пока помогите помощь после потом почему при привет про просто прошу \
         раз с сам себя сегодня сеичас скажите со спасибо так также такая такое такои там тебя то тоже тот только ту \
         тут ты у уважением уже хотел хотела хотелось хочу хотим чего чем через что чтобы это этого этои этом этот \
         эту эти я вчера недели делать сделать",
    ),
    (
        "fr",
        "a alors apres au aucun aussi autre aux avant avec avez avoir avons beaucoup bien bonjour bonsoir c ca car ce \
         ceci cela celle ces cet cette chez comme comment cordialement d dans de depuis des deux dois donc du elle en \
         encore est et etait ete etes etre eu faire fait faut hier il ils j jai je jour l la le les leur lui m ma mais \
         me meme merci mes moi mon n ne ni non nos notre nous on ou par parce pas peut peux plus pour pourquoi pouvez \
         puis qu quand que quel quelle quelqu qui quoi rien s sa salut sans se ses si sont sous sur suis svp t ta te \
         tout toute tous tres trop tu un une va veux voir vos votre voudrais vous y",
    ),
    (
        "it",
        "ai al alla alle anche ancora avete buongiorno c che chi ci ciao come con cosa cosi da dal dalla dei del della \
         delle di dopo dove e ed ero essere fa fare favore gia gli grazie ha hai hanno ho i il in io l la le lei li lo \
         loro ma mi mia miei mio molto nel nella non nostro o ogni oggi per perche piu posso possibile prego qual \
         quando quello questa questo qui salve se sei senza si solo sono sta sto su sul sulla tutto un una uno vi voi \
         volta vorrei vostro",
    ),
    (
        "pt",
        "a agora ao aos apos aqui as ate boa bom com como da das de depois dia do dos e ela ele em enquanto entao era \
         essa esse esta estao estou eu faz fazer foi isso ja mais mas me meu meus minha minhas muito na nao nas nem \
         no nos nossa nosso o obrigada obrigado ola onde os ou para pela pelo por porque posso preciso quando quais \
         qual que quem quero se sem ser seu sua sim sobre so sou tambem tem tenho toda todo tudo um uma voce voces",
    ),
    (
        "nl",
        "aan alle als alstublieft altijd ben bij dag dan dat de deze die dit doe doen door een en er gaan geen goed \
         graag had heb hebben heeft het hij hoe hoi iemand ik in is ja jullie kan kunnen kunt maar meer met mij mijn \
         moet na naar niet niets nog nu of om onze ook op over sinds te toen tot uit uw van veel voor waarom waar was \
         wat we wel werkt wie wij wil worden wordt zei zich zijn zo zou",
    ),
    (
        "pl",
        "a ale bardzo byc byl byla bylo czy dla do dobry dzien dziekuje gdzie go i ich ja jak jako jest jestem jeszcze \
         juz kiedy kto ktory ktora ktore ma mam mi mnie moge moj moja moje mozna na nas nasz nie niego nim o od po \
         pod pomoc poniewaz prosze przed przez przy sa sie tak tam ten tego teraz to tu tylko w we wiec witam wszystko \
         z za ze zeby",
    ),
    (
        "uk",
        "а або але бо був була було бути в вам вас ваш вже ви від все всі де для до добрии день є же з за и і із коли \
         ласка мене мені меніi ми мии може можна можу моя моє на нам нас наш не немає ні об один по при про та так \
         також там те тои тільки треба у це цеи цього чи чому що щоб щоi як яка який якии якщо я дякую будь вітаю",
    ),
    (
        "bg",
        "аз бе бих благодаря бъде бях в вас ви ви вие все всичко вчера да дали до добър днес е един за защо здравеите и \
         или им има имам искам как каква какво какъв като ли май ме ми мога може можете моля моя моята му на най нали \
         нас не него ние ни но няма нямам обаче още от по под помощ после при през преди с са само се си след сме стана \
         със съм та така там тази те този това то трябва тук тя у утре ще я",
    ),
    (
        "sv",
        "alla att av bara blir da de den det detta din du efter eller en er ett fick for fran fungerar gor ha har hej \
         hur i igar igen ingen inte jag kan kommer med men mig min mitt mot mycket nagon nar ni nu och om oss pa sa \
         sedan ska som tack till tills under upp ut vad var varfor vi vid vill",
    ),
    (
        "da",
        "af alle at bare blev bliver da de den der det dig din du efter eller en er et fik for fra gor ha har hej hvad \
         hvor hvordan hvorfor hvis i igen ikke ingen jeg kan kommer man med meget men mig min mit nar nogen nu og om \
         op os pa sa som siden tak til ud under var ved vi vil",
    ),
    (
        "fi",
        "ei eika en etta hei han ja joka jos kanssa kiitos kun kuin me mika miksi miten minulla minun minulle mina \
         mitaan mutta myos mutta nyt olen oli olla on ovat saa se sen siita sitten tai tama taman vain viela voi voin \
         voisitte",
    ),
    (
        "cs",
        "a aby ale ani az bez bude by byl byla bylo co dekuji den do dobry i ja jak jako je jeho jen jeste jsem jsme \
         jsou k kde kdyz ktera ktery ktere ma mam mi mne moje muj muze na nas ne nebo neni nez o od po pod pro prosim \
         protoze pri s se si tak take to tom u uz v vam vas ve vsak z za ze",
    ),
    (
        "tr",
        "acaba ama ancak ben beni benim bir biz bu bunu cok da daha de degil diye en gibi icin ile iyi kadar ki lutfen \
         mi mu ne neden nasil nerede o olan olarak oldu olmuyor onu sadece sonra su tesekkurler tum var ve veya ya yok \
         zaman merhaba",
    ),
    (
        "ro",
        "acum al am ar are as asta ati au avea aveti bine buna ca care ce cel cu cum da daca dar de decat din dupa \
         este eu fara fi fost imi in la le mai ma mea meu mi multumesc ne nu o pe pentru poate pot sa sau se si sunt \
         toate un unde va vreau",
    ),
];

/// Letters that few languages write.
const LETTERS: &[(&str, &str)] = &[
    ("es", "ñ¿¡"),
    ("de", "ßäöü"),
    ("fr", "çèêëîïôœùû"),
    ("pt", "ãõçâ"),
    ("pl", "ąćęłńśźż"),
    ("cs", "ěřůčšž"),
    ("sv", "åäö"),
    ("da", "åæø"),
    ("fi", "äö"),
    ("tr", "ğışç"),
    ("ro", "ăâșțşţ"),
    ("hu", "őű"),
    ("vi", "ơưđạảấầẩẫậắằặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
    ("ru", "ыэё"),
    ("uk", "іїєґ"),
];

/// Someone who writes this wants a person, however well the question is known.
const UPSET: &str = "\
    , \
    furious, outrageous, unacceptable, ridiculous, disgusting, disgrace, scam, scammers, lawyer, \
    lawsuit, attorney, sue you, worst, incompetent, fed up, sick of, useless, complaint, angry, urgent, \
    urgently, asap, emergency, immediately, right now, losing money, losing orders, speak to a human, \
    real person, talk to someone, \
    inaceptable, verguenza, vergonzoso, indignante, estafa, estafadores, abogado, denuncia, denunciar, \
    harto, harta, inutiles, reclamacion, queja, urgente, urgentemente, emergencia, inmediatamente, ya \
    mismo, cuanto antes, perdiendo dinero, perdemos pedidos, hablar con una persona, \
    unverschamt, unverschamtheit, inakzeptabel, unfassbar, skandal, betrug, betruger, anwalt, anzeige \
    erstatten, beschwerde, unfahig, wutend, sauer, frechheit, dringend, notfall, sofort, umgehend, \
    schnellstens, eilt, mit einem menschen, \
    inacceptable, honte, scandaleux, arnaque, avocat, furieux, marre, plainte, urgent, urgence, \
    immediatement, \
    безобразие, неприемлемо, возмутительно, позор, мошенники, обман, юрист, адвокат, суд, жалоба, \
    жалобу, надоело, достали, ужасныи, срочно, немедленно, экстренно, живым человеком";

/// An answer was tried before, ours or another, and the problem stayed.
const NOT_HELPED: &str = "\
    , \
    did not help, didn t help, didnt help, doesn t help, does not help, not helpful, no help, your last \
    answer, your last reply, your previous answer, your previous reply, your answer, your reply, your \
    instructions, third time, second time i, already wrote, already asked, already contacted, followed \
    your, as you told, still not solved, not resolved, \
    no ayudo, no me ayudo, no sirvio, no me sirvio, no ha servido, no me ha servido, no funciono lo, \
    vuestra respuesta, su respuesta, tu respuesta, ultima respuesta, respuesta anterior, ya os escribi, \
    ya escribi, ya pregunte, tercera vez, segui las instrucciones, segui los pasos, sigo igual, \
    nicht geholfen, hilft nicht, half nicht, half mir nicht, ihre antwort, eure antwort, letzte antwort, \
    ihre anleitung, eure anleitung, zum dritten mal, schon geschrieben, bereits geschrieben, schon \
    kontaktiert, immer noch nicht gelost, \
    n a pas aide, pas aide, votre reponse, derniere reponse, deja ecrit, troisieme fois, \
    не помогло, не помог, не помогла, не помогает, ваш ответ, прошлыи ответ, последнии ответ, вашеи \
    инструкции, уже писал, уже писала, уже обращался, уже обращалась, третии раз";

/// The same for a script without spaces between words, where a phrase is found anywhere.
const UPSET_UNSPACED: &str = "\
    至急, 緊急, 大至急, 今すぐ, ふざけ, 最悪, 許せない, 弁護士, 訴え, 詐欺, クレーム, いい加減, 怒って, 紧急, 马上, 投诉, 律师, 骗子";
const NOT_HELPED_UNSPACED: &str = "\
    解決しませんでした, 解決していません, 役に立ちません, 役に立たな, 前回の回答, 先日の回答, 前回のご回答, いただいた回答, ご案内の通り, ご案内どおり, 直りませんでした, \
    何度も問い合わせ, 没有帮助, 没有解决, 上次的回复";

/// A language's function words or letters, ready for look-up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexicon {
    /// (word, language), sorted.
    words: Vec<(&'static str, &'static str)>,
}

impl Lexicon {
    pub fn new() -> Self {
        let mut words: Vec<_> = FUNCTION_WORDS
            .iter()
            .flat_map(|(language, words)| words.split_ascii_whitespace().map(move |word| (word, *language)))
            .collect();
        words.sort_unstable();
        words.dedup();
        Self { words }
    }

    /// The languages in which a folded word is a function word.
    pub fn languages_of<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = &'static str> + Clone + 'a {
        let first = self.words.partition_point(|(word, _)| *word < folded);
        self.words
            .iter()
            .skip(first)
            .take_while(move |(word, _)| *word == folded)
            .map(|(_, language)| *language)
    }

    /// Whether a folded word is a function word of a language, or of any when the language is unknown.
    pub fn is_function_word(&self, folded: &str, language: &str) -> bool {
        self.languages_of(folded).any(|of| of == language || language == crate::UNKNOWN_LANGUAGE)
    }
}

/// The languages that a letter of the customer's text speaks for.
pub(crate) fn languages_of_letter(letter: char) -> impl Iterator<Item = &'static str> {
    LETTERS.iter().filter(move |(_, letters)| letters.contains(letter)).map(|(language, _)| *language)
}

/// What a text says about its writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Calm,
    Upset,
    NotHelped,
}

/// Reads the mood from the folded words, each followed by one space, and from the text itself.
pub(crate) fn mood(folded_words: &str, text: &str) -> Mood {
    let spaced = format!(" {folded_words}");
    let says = |phrases: &str| phrases.split(", ").any(|phrase| spaced.contains(&format!(" {phrase} ")));
    let says_unspaced = |phrases: &str| phrases.split(", ").any(|phrase| text.contains(phrase));
    if says(NOT_HELPED) || says_unspaced(NOT_HELPED_UNSPACED) {
        Mood::NotHelped
    } else if says(UPSET) || says_unspaced(UPSET_UNSPACED) || text.contains("!!!") {
        Mood::Upset
    } else {
        Mood::Calm
    }
}
