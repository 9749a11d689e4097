package io.drex.spark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of Porter's paper (as the whole algorithm stems them) and of the later rules. */
class PorterStemmerTest {
  @ParameterizedTest
  @CsvSource({
    "caresses,caress",
    "ponies,poni",
    "ties,tie",
    "dies,die",
    "flies,fli",
    "caress,caress",
    "cats,cat",
    "feed,feed",
    "agreed,agre",
    "plastered,plaster",
    "bled,bled",
    "motoring,motor",
    "sing,sing",
    "died,die",
    "spied,spi",
    "conflated,conflat",
    "troubled,troubl",
    "sized,size",
    "hopping,hop",
    "tanned,tan",
    "falling,fall",
    "hissing,hiss",
    "fizzed,fizz",
    "failing,fail",
    "filing,file",
    "happy,happi",
    "enjoy,enjoy",
    "spy,spi",
    "by,by",
    "sky,sky",
    "skies,sky"
  })
  void stripsPluralsAndPasts(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }

  @ParameterizedTest
  @CsvSource({
    "relational,relat",
    "conditional,condit",
    "rational,ration",
    "valenci,valenc",
    "digitizer,digit",
    "conformabli,conform",
    "radicalli,radic",
    "differentli,differ",
    "vileli,vile",
    "analogousli,analog",
    "vietnamization,vietnam",
    "predication,predic",
    "operator,oper",
    "feudalism,feudal",
    "decisiveness,decis",
    "hopefulness,hope",
    "callousness,callous",
    "formaliti,formal",
    "sensitiviti,sensit",
    "sensibiliti,sensibl",
    "geology,geolog",
    "theology,theolog",
    "hopefully,hope",
    "nationally,nation",
    "triplicate,triplic",
    "formative,form",
    "electrical,electr",
    "goodness,good"
  })
  void stripsDoubleSuffixes(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }

  @ParameterizedTest
  @CsvSource({
    "revival,reviv",
    "allowance,allow",
    "inference,infer",
    "airliner,airlin",
    "adjustable,adjust",
    "irritant,irrit",
    "replacement,replac",
    "adjustment,adjust",
    "dependent,depend",
    "adoption,adopt",
    "homologou,homolog",
    "communism,commun",
    "activate,activ",
    "effective,effect",
    "bowdlerize,bowdler",
    "probate,probat",
    "rate,rate",
    "cease,ceas",
    "controll,control",
    "roll,roll",
    "are,are",
    "use,use",
    "proceed,proceed",
    "exceed,exceed",
    "news,news",
    "dying,die",
    "generalizations,gener",
    "oscillators,oscil",
    "3rd,3rd",
    "b2b,b2b",
    "oed,o"
  })
  void stripsLastSuffixesAndTidiesUp(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }
}
